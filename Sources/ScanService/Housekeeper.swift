import Exposition
import HashLists
import Intake
import LinuxIO
import Logging
import Synchronization
import UploadModel

/// What is looked at again and again, twice a second: lists, room, orders, and whether claims may go on.
final class Housekeeper: Sendable {
    let house: House
    let standing: Standing
    private let orders: OrderDesk
    private let state: Descriptor
    private let clock = ClockWatch()

    static let pause: Duration = .milliseconds(500)

    init(_ directory: StateDirectory, house: House, standing: Standing, custody: CustodyLoop) throws {
        (self.house, self.standing) = (house, standing)
        orders = try OrderDesk(directory, house: house, custody: custody)
        state = try directory.root.duplicate()
    }

    /// One turn of everything but orders, which may take long.
    func turn() {
        house.lists.refresh(house.live.lists, house.keys)
        if house.lists.askForPictures { house.pictures.pool() }
        house.pictures.showFigures()
        house.drills.turn(house.keys, house.record, house.log)
        clock.turn(house.record)
        house.lists.noteExpired(at: Timestamp(nanoseconds: Clocks.realtime))
        house.places.look()
        standing.set(noRoom: whyNoRoom())
        house.arrivals.setOpen(standing.mayClaim && !standing.isStale)
        standing.tick()
    }

    func takeOrders() async { await orders.takeAll() }

    private func whyNoRoom() -> String? {
        do {
            let room = try state.room(subject: "state")
            let reserve = house.live.state.reserve
            house.registry.gauge(MetricNames.freeBytes.rawValue, labels: [("area", "state")]).set(
                Double(room.freeBytes)
            )
            house.registry.gauge(MetricNames.freeInodes.rawValue, labels: [("area", "state")])
                .set(Double(room.freeInodes))
            if room.freeBytes < reserve {
                return
                    "the state has \(room.freeBytes) bytes free, and \(reserve) are kept in reserve (state.reserve)"
            }
            if room.countsInodes && room.freeInodes < 1_024 {
                return
                    "the state's file system has \(room.freeInodes) inodes free, and 1024 are kept in reserve"
            }
            let waiting = house.waitingForRoom.load(ordering: .relaxed)
            return waiting > 0
                ? "the state has no room: \(waiting) uploads wait to be preserved or held" : nil
        } catch {
            return "the state cannot be looked at: \(error)"
        }
    }
}
