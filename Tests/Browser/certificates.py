"""An authority, a server's certificate and a client's, made with openssl as Docs/Authentication.md has it."""

import os
import ssl
import subprocess
import tempfile

PASSWORD = "tandem"  # of a PKCS #12 file that lives for the length of a test


class Certificates:
    def __init__(self, subject="alice"):
        self._folder = tempfile.TemporaryDirectory(prefix="tandem-certificates-")
        self.authority, authority_key = self._path("ca.pem"), self._path("ca-key.pem")
        self.certificate, self.key = self._path("server.pem"), self._path("server-key.pem")
        self.client, self.client_key = self._path("client.pem"), self._path("client-key.pem")
        curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")
        self._openssl("req", "-x509", *curve, "-subj", "/CN=Tandem test authority", "-keyout", authority_key,
                      "-out", self.authority)
        signed = ("-CA", self.authority, "-CAkey", authority_key)
        self._openssl("req", "-x509", *curve, *signed, "-subj", "/CN=127.0.0.1",
                      "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:false",
                      "-keyout", self.key, "-out", self.certificate)
        self._openssl("req", "-x509", *curve, *signed, "-subj", f"/CN={subject}",
                      "-addext", "extendedKeyUsage=clientAuth", "-addext", "basicConstraints=critical,CA:false",
                      "-keyout", self.client_key, "-out", self.client)
        self._bundle = self._path("client.p12")
        self._openssl("pkcs12", "-export", "-in", self.client, "-inkey", self.client_key, "-name", subject,
                      "-passout", f"pass:{PASSWORD}", "-out", self._bundle)

    def _path(self, name):
        return os.path.join(self._folder.name, name)

    @staticmethod
    def _openssl(*arguments):
        done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"openssl {arguments[0]}: {done.stderr.strip()}")

    def install(self, database):
        """Into an NSS database, where browsers look: the authority as trusted, the client's certificate as the user's."""
        os.makedirs(database, exist_ok=True)
        name = f"sql:{database}"
        for command in (
            ["certutil", "-d", name, "-N", "--empty-password"],
            ["certutil", "-d", name, "-A", "-t", "C,,", "-n", "tandem-test", "-i", self.authority],
            ["pk12util", "-d", name, "-i", self._bundle, "-W", PASSWORD, "-K", ""],
        ):
            subprocess.run(command, capture_output=True, check=True)

    def server_context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context

    def close(self):
        self._folder.cleanup()
