import ExperimentRunner
import Glibc
import Testing

@Suite struct TemporaryFolderTests {
    @Test("A temporary folder is its user's alone, and is removed with its scope")
    func isGoneWithItsScopeAndIsItsUsersAlone() async throws {
        let path = try await TemporaryFolder.with { folder in
            var status = stat()
            #expect(stat(folder.path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o700)
            let file = fopen(folder.path + "/keys.jwks", "w")
            fputs("secret", file)
            fclose(file)
            return folder.path
        }
        #expect(access(path, F_OK) != 0)
    }

    @Test("A temporary folder is removed when its scope throws") func isGoneWhereItsScopeThrows() async throws {
        struct Failure: Error {}
        var path = ""
        await #expect(throws: Failure.self) {
            try await TemporaryFolder.with { folder in
                path = folder.path
                throw Failure()
            }
        }
        #expect(!path.isEmpty && access(path, F_OK) != 0)
    }

    @Test("A certificate for this host is made, and its key is the user's alone")
    func aCertificateForThisHost() async throws {
        try await TemporaryFolder.with { folder in
            let certificate = try await DevelopmentCertificate.create(in: folder.path)
            #expect(access(certificate.certificatePath, R_OK) == 0)
            var status = stat()
            #expect(stat(certificate.keyPath, &status) == 0)
            #expect(status.st_mode & 0o077 == 0)
        }
    }
}
