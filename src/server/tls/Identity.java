package server.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

/// The server's identity: its certificate, those of its issuers, and the key.
///
/// @param chain the server's own certificate first
record Identity(List<X509Certificate> chain, PrivateKey key) {

    /// Reads both files, which may be one.
    ///
    /// @throws IOException if they cannot be read or used, with a message for people
    static Identity read(Path certificates, Path keyFile, Instant now) throws IOException {
        List<X509Certificate> chain = chain(certificates);
        X509Certificate own = chain.getFirst();
        String name = own.getSubjectX500Principal().getName();
        try {
            own.checkValidity(Date.from(now));
        } catch (CertificateExpiredException expired) {
            throw new IOException(Tls.CERT.key() + ": the certificate of " + name + " in " + certificates
                    + " has expired at " + own.getNotAfter().toInstant(), expired);
        } catch (CertificateNotYetValidException early) {
            throw new IOException(Tls.CERT.key() + ": the certificate of " + name + " in " + certificates
                    + " is not valid before " + own.getNotBefore().toInstant(), early);
        }
        PrivateKey key = key(keyFile, own.getPublicKey());
        if (key == null || !fits(key, own.getPublicKey())) {
            throw new IOException(Tls.KEY.key() + ": the key in " + keyFile + " does not belong to the first "
                    + "certificate in " + certificates + ", of " + name);
        }
        return new Identity(chain, key);
    }

    private static List<X509Certificate> chain(Path file) throws IOException {
        List<X509Certificate> chain = new ArrayList<>();
        for (Pem part : Pem.read(Tls.CERT.key(), file)) {
            if (part.label().equals("CERTIFICATE")) {
                try {
                    chain.add((X509Certificate) CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(part.der())));
                } catch (GeneralSecurityException damaged) {
                    throw new IOException(Tls.CERT.key() + ": " + file + " holds a certificate that cannot be read: "
                            + damaged.getMessage(), damaged);
                }
            }
        }
        if (chain.isEmpty()) {
            throw new IOException(Tls.CERT.key() + ": " + file + " holds no certificate; it must be a PEM file, with "
                    + "-----BEGIN CERTIFICATE-----");
        }
        return List.copyOf(chain);
    }

    /// Returns the private key; null if it is of another kind than the certificate's.
    private static PrivateKey key(Path file, PublicKey publicKey) throws IOException {
        for (Pem part : Pem.read(Tls.KEY.key(), file)) {
            if (part.encrypted() || part.label().equals("ENCRYPTED PRIVATE KEY")) {
                throw new IOException(Tls.KEY.key() + ": the key in " + file + " is encrypted; decrypt it with: "
                        + "openssl pkey -in " + quoted(file) + " -out " + quoted(Path.of(file + ".open")));
            }
            try {
                byte[] pkcs8 = switch (part.label()) {
                    case "PRIVATE KEY" -> part.der();
                    case "RSA PRIVATE KEY" -> Der.ofPkcs1(part.der());
                    case "EC PRIVATE KEY" -> Der.ofSec1(part.der());
                    default -> null;
                };
                if (pkcs8 != null) {
                    return KeyFactory.getInstance(publicKey.getAlgorithm())
                            .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
                }
            } catch (InvalidKeySpecException another) {
                return null;
            } catch (GeneralSecurityException | IllegalArgumentException wrong) {
                throw new IOException(Tls.KEY.key() + ": the key in " + file + " cannot be used: " + wrong.getMessage(),
                        wrong);
            }
        }
        throw new IOException(Tls.KEY.key() + ": " + file + " holds no private key; it must be a PEM file, with "
                + "-----BEGIN PRIVATE KEY-----");
    }

    /// Returns the name, quoted for a shell.
    private static String quoted(Path file) {
        String text = file.toString();
        return text.matches("[\\w@%+=:,./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }

    private static boolean fits(PrivateKey key, PublicKey publicKey) throws IOException {
        if (key instanceof RSAKey mine && publicKey instanceof RSAKey its) {
            return mine.getModulus().equals(its.getModulus());
        }
        String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : key.getAlgorithm();
        byte[] words = {1, 2, 3};
        byte[] signed;
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(words);
            signed = signature.sign();
        } catch (GeneralSecurityException unknown) {
            throw new IOException(Tls.KEY.key() + ": the key is of a kind or on a curve that Java does not know; take "
                    + "RSA, P-256, P-384, P-521 or Ed25519", unknown);
        }
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initVerify(publicKey);
            signature.update(words);
            return signature.verify(signed);
        } catch (GeneralSecurityException neither) {
            return false;
        }
    }

    X509Certificate[] certificates() {
        return chain.toArray(new X509Certificate[0]);
    }
}
