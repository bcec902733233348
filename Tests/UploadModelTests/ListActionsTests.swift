import Testing
import UploadModel

@Suite struct ListActionsTests {
    @Test("class and grade are the ceiling, whatever a list wants")
    func ceiling() {
        for listClass in ListClass.allCases {
            for grade in Grade.allCases {
                let most = MatchAction.most(of: listClass, grade)
                let byDigest = [Grade.g1, .g2, .g3].contains(grade)
                #expect((most == .draft) == (listClass == .csam && byDigest))
                for wanted in MatchAction.allCases {
                    let match = Match(
                        entry: entry(listClass, []),
                        agreed: [],
                        part: .content,
                        grade: grade,
                        action: wanted
                    )
                    #expect(match.action == min(wanted, most))
                    #expect(match.warrantsDraft == (match.action == .draft))
                }
            }
        }
    }

    @Test("a list lowers what its grades lead to")
    func lowered() {
        var actions = ListActions()
        (actions.g1, actions.g2, actions.g3) = (.draft, .case, .quarantine)
        #expect(
            Grade.allCases.map { actions.action(for: $0, distance: 0) } == [
                .draft, .case, .quarantine, .case, .case,
            ]
        )
        let listed = entry(.csam, [digest(.md5)])
        let match = Match(listed, meeting: onlyMD5, actions: actions, part: .content)
        #expect(match?.grade == .g3)
        #expect(match?.action == .quarantine)
    }

    @Test("a picture is judged by the first band that reaches it, and beyond the last it is no match")
    func bands() {
        var actions = ListActions()
        actions.bands = [
            DistanceBand(distance: 10, action: .draft), DistanceBand(distance: 20, action: .quarantine),
        ]
        let listed = entry(.csam, [])
        func match(_ distance: Int) -> Match? {
            let likeness = Likeness(distance: distance, orientation: .flipX, reading: .full)
            return Match(listed, likeness, actions: actions)
        }
        #expect([0, 10, 11, 20].map { match($0)?.action } == [.case, .case, .quarantine, .quarantine])
        #expect(match(21) == nil)
        #expect(match(4)?.distance == 4)
        #expect(match(4)?.orientation == .flipX)
        actions.bands = []
        #expect(match(0) == nil)
    }

    @Test("a picture that is near an entry whose MD5 agrees is one match of the second grade")
    func both() {
        let likeness = Likeness(distance: 4, orientation: .original, reading: .r512)
        let match = Match(
            entry(.csam, [digest(.md5)]),
            meeting: onlyMD5,
            likeness: likeness,
            part: .content
        )
        #expect(match?.grade == .g2)
        #expect(match?.distance == 4)
        #expect(match?.reading == .r512)
        #expect(match?.agreed == DigestAlgorithms(.md5))
    }
}
