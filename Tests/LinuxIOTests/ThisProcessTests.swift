import Testing

@testable import LinuxIO

@Suite struct ThisProcessTests {
    @Test("a process has a core to run on and memory that it resides in")
    func figures() {
        #expect(ThisProcess.cores >= 1)
        #expect(ThisProcess.residentBytes > 0)
        #expect(ThisProcess.openDescriptors >= 3)
    }
}
