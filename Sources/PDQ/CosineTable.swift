/// The cosines of the transform, as bit patterns: a library's `cos` may round differently from machine to
/// machine, and hashes must not.
enum CosineTable {
    /// For each of 64 points the cosines of frequencies 1 to 16, times sqrt(2 / 64).
    static let points: [Lanes] = (0..<PointGrid.side).map { point in
        var cosines = Lanes.zero
        for frequency in 0..<Spectrum.side { cosines[frequency] = cosine((frequency + 1) * (2 * point + 1)) }
        return cosines
    }

    /// sqrt(2 / 64) * cos(pi * step / 128), from the first quarter of the wave.
    static func cosine(_ step: Int) -> Float {
        let step = step % 256
        let half = step <= 128 ? step : 256 - step
        return half < 64 ? Float(bitPattern: quarter[half]) : -Float(bitPattern: quarter[128 - half])
    }

    /// Steps 0 to 63, computed in double and rounded once.
    private static let quarter: [UInt32] = [
        0x3e35_04f3, 0x3e34_f6fe, 0x3e34_cd21, 0x3e34_8763,
        0x3e34_25ce, 0x3e33_a872, 0x3e33_0f61, 0x3e32_5ab4,
        0x3e31_8a85, 0x3e30_9ef6, 0x3e2f_982b, 0x3e2e_764c,
        0x3e2d_3986, 0x3e2b_e20a, 0x3e2a_700c, 0x3e28_e3c6,
        0x3e27_3d74, 0x3e25_7d59, 0x3e23_a3b9, 0x3e21_b0dd,
        0x3e1f_a512, 0x3e1d_80a8, 0x3e1b_43f5, 0x3e18_ef51,
        0x3e16_8317, 0x3e13_ffa8, 0x3e11_6566, 0x3e0e_b4b9,
        0x3e0b_ee0a, 0x3e09_11c7, 0x3e06_2061, 0x3e03_1a4c,
        0x3e00_0000, 0x3df9_a3ed, 0x3df3_215c, 0x3dec_794d,
        0x3de5_acc6, 0x3dde_bcd5, 0x3dd7_aa8b, 0x3dd0_76ff,
        0x3dc9_234e, 0x3dc1_b098, 0x3dba_2005, 0x3db2_72bd,
        0x3daa_a9f2, 0x3da2_c6d5, 0x3d9a_ca9e, 0x3d92_b689,
        0x3d8a_8bd4, 0x3d82_4bc1, 0x3d73_ef2f, 0x3d63_213d,
        0x3d52_3045, 0x3d41_1ee4, 0x3d2f_efbb, 0x3d1e_a570,
        0x3d0d_42af, 0x3cf7_944a, 0x3cd4_7d09, 0x3cb1_4504,
        0x3c8d_f1a9, 0x3c55_10d4, 0x3c0e_1d7b, 0x3b8e_2871,
    ]
}
