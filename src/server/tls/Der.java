package server.tls;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/// The part of DER (X.690) that is needed to convert OpenSSL's own forms of a private key to PKCS#8 (RFC 5208), which
/// the JDK reads:
///
/// ```
///  PKCS#8            SEQUENCE { INTEGER 0, SEQUENCE { algorithm, parameters }, OCTET STRING key }
///  PKCS#1 (RFC 8017) the key of rsaEncryption, whose parameters are NULL
///  SEC1 (RFC 5915)   SEQUENCE { INTEGER 1, OCTET STRING, [0] { curve }, [1] … }: the key of ecPublicKey, whose
///                    parameters are the curve
/// ```
final class Der {

    private static final int INTEGER = 0x02;
    private static final int OCTET_STRING = 0x04;
    private static final int SEQUENCE = 0x30;
    private static final int CURVE = 0xa0;
    private static final byte[] ZERO = {INTEGER, 1, 0};
    /// rsaEncryption, 1.2.840.113549.1.1.1, and NULL.
    private static final byte[] RSA =
            {0x06, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 5, 0};
    /// ecPublicKey, 1.2.840.10045.2.1.
    private static final byte[] EC = {0x06, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};

    private Der() {
    }

    /// Converts a PKCS#1 key to PKCS#8.
    static byte[] ofPkcs1(byte[] key) {
        return tagged(SEQUENCE, ZERO, tagged(SEQUENCE, RSA), tagged(OCTET_STRING, key));
    }

    /// Converts a SEC1 key to PKCS#8.
    ///
    /// @throws IllegalArgumentException if it is not such a key, or names no curve
    static byte[] ofSec1(byte[] key) {
        try {
            ByteBuffer fields = next(ByteBuffer.wrap(key), SEQUENCE);
            next(fields, INTEGER);
            next(fields, OCTET_STRING);
            ByteBuffer curve = next(fields, CURVE);
            byte[] parameters = new byte[curve.remaining()];
            curve.get(parameters);
            return tagged(SEQUENCE, ZERO, tagged(SEQUENCE, EC, parameters), tagged(OCTET_STRING, key));
        } catch (BufferUnderflowException cutOff) {
            throw new IllegalArgumentException("it is cut off", cutOff);
        }
    }

    /// Skips one value, and returns its content.
    private static ByteBuffer next(ByteBuffer from, int tag) {
        if ((from.get() & 0xff) != tag) {
            throw new IllegalArgumentException("a part is missing");
        }
        int length = from.get() & 0xff;
        if (length > 0x82) {
            throw new IllegalArgumentException("a part is too long");
        }
        if (length >= 0x80) {
            int bytes = length - 0x80;
            length = 0;
            for (int i = 0; i < bytes; i++) {
                length = length << 8 | from.get() & 0xff;
            }
        }
        if (length > from.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer value = from.slice(from.position(), length);
        from.position(from.position() + length);
        return value;
    }

    private static byte[] tagged(int tag, byte[]... parts) {
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            value.writeBytes(part);
        }
        int length = value.size();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(tag);
        if (length >= 0x80) {
            int bytes = length > 0xffff ? 3 : length > 0xff ? 2 : 1;
            all.write(0x80 | bytes);
            for (int i = bytes - 1; i > 0; i--) {
                all.write(length >> 8 * i);
            }
        }
        all.write(length);
        all.writeBytes(value.toByteArray());
        return all.toByteArray();
    }
}
