import Foundation
import LWS
import Persistence
import Testing
import Threads

/// Those who start threads, where there is none to have. In processes of their own: no thread of them can be made.
@Suite struct ThreadLackTests {
    @Test("A loop whose thread cannot be made throws, and leaves no descriptor open")
    func loop() async {
        await #expect(processExitsWith: .success) {
            func openDescriptors() throws -> Int {
                try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
            }
            try EventLoop(name: "first") { _ in }.stop()
            let before = try openDescriptors()
            ThreadLack.begin()
            do {
                _ = try EventLoop(name: "second") { _ in }
                exit(EXIT_FAILURE)
            } catch let error as LWSError {
                guard error.function == "pthread_create" else { exit(EXIT_FAILURE) }
            }
            guard try openDescriptors() == before else { exit(EXIT_FAILURE) }
        }
    }

    @Test("A store whose writer's thread cannot be made throws, and its folder can be opened again")
    func store() async {
        await #expect(processExitsWith: .success) {
            let folder = FileManager.default.temporaryDirectory.appending(path: "tandem-threads-\(UUID())").path
            defer { try? FileManager.default.removeItem(atPath: folder) }
            // Dispatch, by which the database ends, waits for a thread for as long as there is none.
            try SystemThread {
                sleep(20)
                ThreadLack.end()
            }.detach()
            ThreadLack.begin()
            do {
                _ = try TimelineStore(folder, durability: .async)
                exit(EXIT_FAILURE)
            } catch let error as StoreError {
                guard error.code == .unavailable, error.description.contains("ulimit -u") else { exit(EXIT_FAILURE) }
            }
            ThreadLack.end()
            try TimelineStore(folder, durability: .async).close()
        }
    }
}
