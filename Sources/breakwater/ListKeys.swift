import GenerationFormat
import HashLists
import LedgerStore
import LinuxIO
import ListImport
import ScanService
import UploadModel

extension Deployment {
    /// The key that generations are signed with, once it is known to be the daemon's other half.
    func signingKey() throws -> SigningKey {
        let lists = settings.lists
        guard !lists.signingKey.isEmpty else {
            throw Refused(
                "lists.signing_key is not set",
                hint: "name the private key's file in \(file)",
                .settingsRefused
            )
        }
        let text: [UInt8]
        do {
            text = try Descriptor.open(lists.signingKey).readAll(limit: 4_096, subject: lists.signingKey)
        } catch {
            throw Refused(
                "lists.signing_key: \(error)",
                hint: "bring the key back from where it is kept, or correct its path in \(file)",
                .settingsRefused
            )
        }
        let key = try SigningKey(file: String(decoding: text, as: UTF8.self))
        guard Hex.text(try Configuration.publicKey(lists)) == key.publicKeyHex else {
            throw Refused(
                "lists.signing_key and lists.public_key are not one pair; breakwaterd would refuse the lists",
                hint: "\(lists.publicKey) must hold \(key.publicKeyHex)",
                .settingsRefused
            )
        }
        return key
    }

    /// The highest counter that the daemon of this state ever served; 0 before its first start, and where lists are
    /// built and none runs.
    ///
    /// - Parameter counter: What the caller asks for, if it does.
    /// - Throws: ``Refused`` where neither the ledger nor an installed generation says what the next must be above, and
    ///   the caller does not: the daemon would refuse what is built.
    ///
    /// 0 too where the ledger cannot be read: new lists must not wait for its repair, and the counter of the installed
    /// generation, which a build looks at in any case, is the daemon's unless `lists/` is younger than the ledger.
    func highestServed(forCounter counter: UInt64?) throws -> UInt64 {
        do {
            return try ledgerIfThere()?.highestCounter() ?? 0
        } catch {
            let installed = try? Generation.currentName(in: try lists())
            guard counter != nil || installed != nil else {
                throw Refused(
                    "the ledger cannot be read and no generation is installed, so no counter is known to be new: \(error)",
                    hint: "choose a --counter above every one that breakwaterd served",
                    .calledWrongly
                )
            }
            Output.note(
                "the ledger cannot be read, so the counter follows what is installed: \(error); if breakwaterd refuses "
                    + "the generation as older than one that it served, build again with a higher --counter"
            )
            return 0
        }
    }

    /// A generation by its name, or the installed one, opened as the daemon does.
    func generation(named name: String?) throws -> Generation {
        guard let name else {
            guard let installed = try generation() else {
                throw Refused(
                    "no generation is installed",
                    hint: "run \"breakwater list build\"",
                    .calledWrongly
                )
            }
            return installed
        }
        do {
            return try Generation.open(
                name,
                in: try lists(),
                publicKey: try Configuration.publicKey(settings.lists),
                notBelow: 0
            )
        } catch let fault as GenerationFault
            where fault == .notAGenerationName || fault == .missing(file: name)
        {
            throw Refused(
                "there is no generation \(Output.safe(Array(name.utf8)))",
                hint: "\(settings.state.root)/lists holds those that there are, such as g0000000001-0123abcd",
                .calledWrongly
            )
        }
    }
}

enum Leftover {
    /// Says what kept an older generation from being removed; the newest is installed all the same.
    static func note(_ leftover: SyscallError?) {
        guard let leftover else { return }
        Output.note("an older generation is left in lists/, and the next build removes it: \(leftover)")
    }
}
