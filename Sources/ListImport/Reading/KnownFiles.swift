import UploadModel

/// Digests of files that everybody has, and that stand on real lists by mistake.
///
/// Made with md5sum(1), sha1sum(1) and sha256sum(1) of the contents named beside them.
enum KnownFiles {
    /// Why each may not match; the empty file for that of no bytes.
    static let reasons = Dictionary(
        uniqueKeysWithValues: empty.map { ($0, BuildReport.Rejection.emptyFile) }
            + others.map { ($0, .wellKnownFile) }
    )

    /// Of no bytes: RFC 1321, appendix A.5; FIPS 180-4 for the others.
    private static let empty = digests([
        "d41d8cd98f00b204e9800998ecf8427e",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ])

    /// Sectors of a fresh disk, ends of lines, pixels that web pages count visits with.
    private static let others = digests([
        // one NUL
        "93b885adfe0da089cdf634904fd59f71",
        "5ba93c9db0cff93f52b521d7420e43f6eda2784f",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        // 512 NULs
        "bf619eac0cdf3f68d496ea9344137e8b",
        "5c3eb80066420002bc3dcc7ca4ab6efad7ed4ae5",
        "076a27c79e5ace2a3d47f9dd2e83e4ff6ea8872b3c2218f66c92b89b55f36560",
        // 4096 NULs
        "620f0b67a91f7f74151bc5be745b7110",
        "1ceaf73df40e531df3bfb26b4fb7cd95fb7bff1d",
        "ad7facb2586fc6e966c004d7d1d16b024f5805ff7cb47c7a85dabd8b48892ca7",
        // 64 KiB of NULs
        "fcd6bcb56c1689fcef28b57c22475bad",
        "1adc95bebe9eea8c112d40cd04ab7a8d75c4f961",
        "de2f256064a0af797747c2b97505dc0b9f3df0de4f489eac731c23ae9ca9cc31",
        // 1 MiB of NULs
        "b6d81b360a5672d80c27430f39153e2c",
        "3b71f43ff30f4b15b5cd85dd9e95ebc7e84eb5a3",
        "30e14955ebf1352266dc2ff8067e68104607e750abb9d3b36582b8af909fcb58",
        // a newline
        "68b329da9893e34099c7d8ad5cb9c940",
        "adc83b19e793491b1c6ea0fd8b46cd9f32e592fc",
        "01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b",
        // a newline of Windows
        "81051bcc2cf1bedf378224b0a93e2877",
        "ba8ab5a0280b953aa97435ff8946cbcbb2755a27",
        "7eb70257593da06f682a3ddda54a9d260d4fc514f645237f5ca74b08f8da61a6",
        // a blank
        "7215ee9c7d9dc229d2921a40e899ec5f",
        "b858cb282617fb0956d960215c8e84d1ccf909c6",
        "36a9e7f1c95b82ffb99743e0c5c4ce95d83c9a430aac59f84ef3cbfab6145068",
        // a GIF of one pixel, 42 bytes
        "d89746888da2d9510b64a9f031eaecd5",
        "d5fceb6532643d0d84ffe09c40c481ecdf59e15a",
        "ef1955ae757c8b966c83248350331bd3a30f658ced11f387f8ebf05ab3368629",
        // a GIF of one pixel, 43 bytes
        "325472601571f31e1bf00674c368d335",
        "2daeaa8b5f19f0bc209d976c02bd6acb51b00b0a",
        "b1442e85b03bdcaf66dc58c7abb98745dd2687d86350be9a298a1d9382ac849b",
        // a GIF of one pixel, 37 bytes
        "3eacd0132310ea44cad756b378a3bc07",
        "e2216a7e9b73f5cb0279351c78ce61c33475cea7",
        "bb229a48bee31f5d54ca12dc9bd960c63a671f0d4be86a054c1d324a44499d96",
        // a GIF of one pixel, 34 bytes
        "a82ba3a9d42148e9cf209df13d8c3f3d",
        "dba80835d31175bdcf0bcad1abafefb06d86e304",
        "1e85ec81b9800b4c443d39caca0d0926089a3ac201120db1ceb45b93789480b8",
        // a GIF of one pixel, 43 bytes
        "07fff40b5dd495aca2ac4e1c3fbc60aa",
        "e8ac224ba9ee97e87670ed6f3a2f0128b7af9fe4",
        "a065920df8cc4016d67c3a464be90099c9d28ffe7c9e6ee3a18f257efc58cbd7",
        // a GIF of one pixel, 43 bytes
        "6d22e4f2d2057c6e8d6fab098e76e80f",
        "b80b11203d97fe01c5597ca3be70406ea48f5709",
        "afe0dcfca292a0fae8bce08a48c14d3e59c9d82c6052ab6d48a22ecc6c48f277",
        // a GIF of one pixel, 43 bytes
        "57f187c7a868faeac558007a8eb6cb2e",
        "11ab10ab109fdb53d91d444ac781101f5a6360c6",
        "aa03dc59bdca72631d2301e4297cfa030bd31b907dc138e7b973d12311c90a22",
        // a GIF of one pixel, 43 bytes
        "df3e567d6f16d040326c7a0ea29a4f41",
        "ea7df583983133b62712b5e73bffbcd45cc53736",
        "548f2d6f4d0d820c6c5ffbeffcbd7f0e73193e2932eefe542accc84762deec87",
        // a GIF of one pixel, 35 bytes
        "c2196de8ba412c60c22ab491af7b1409",
        "5fbd472222feb8a22cf5b8aa5dc5b8e13af88e2b",
        "6adc3d4c1056996e4e8b765a62604c78b1f867cceb3b15d0b9bedb7c4857f992",
        // a GIF of one pixel, 43 bytes
        "fc94fb0c3ed8a8f909dbc7630a0987ff",
        "56d45f8a17f5078a20af9962c992ca4678450765",
        "2dfe28cbdb83f01c940de6a88ab86200154fd772d568035ac568664e52068363",
        // a GIF of one pixel, 35 bytes
        "28d6814f309ea289f847c69cf91194c6",
        "0f4e929dd5bb2564f7ab9c76338e04e292a42ace",
        "8337212354871836e6763a41e615916c89bac5b3f1f0adf60ba43c7c806e1015",
        // a PNG of one pixel, 70 bytes
        "b357a19c87624c7c4d131aeeb4ae677f",
        "c7a9c45fd419815a5ab1998503a9f03514c0e229",
        "497790947d4666760ce38f3c00e852c71fdb66cae849bae8e9ede352719e1581",
        // a PNG of one pixel, 68 bytes
        "fcfeb766b91a4e2fdfc8653df35297e1",
        "a9f5e9baa23db05e94d8a8d000bb31a3d51ee669",
        "b7a95783e8c945e9f2566ec4baaf0d118564bc09278f801c44f44140cfb2f1c0",
        // a PNG of one pixel, 68 bytes
        "91e42db1c66c0b276abf6234dc50b2eb",
        "c1986af3c26609b8b7d8933f99c51c1a89e9ea6b",
        "63ef318d96b5d0d0ceba6e04a4e622b1158335cdc67c49e27839132c6f655058",
    ])

    private static func digests(_ texts: [String]) -> Set<Digest> {
        Set(texts.compactMap { Digest(hex: $0.utf8) })
    }
}
