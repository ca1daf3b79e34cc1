package dev.lockstep.domain.common;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Message digests that every Java platform has. Copying one costs a fraction of looking its algorithm up. */
public final class Digests {

    private static final MessageDigest MD5 = lookUp("MD5");
    private static final MessageDigest SHA_256 = lookUp("SHA-256");

    private Digests() {}

    static MessageDigest md5() {
        return copy(MD5);
    }

    public static MessageDigest sha256() {
        return copy(SHA_256);
    }

    private static MessageDigest copy(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static MessageDigest lookUp(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
