package support;

/// How much a test does that could continue forever: a random one, or one of many similar cases. `make test` runs a
/// short form of each, `make proof` the long one.
public final class Effort {

    private static final boolean PROOF = "proof".equals(System.getProperty("part"));

    private Effort() {
    }

    /// Returns whether this is the long form.
    public static boolean isProof() {
        return PROOF;
    }

    /// Returns the number for this run.
    public static int of(int test, int proof) {
        return PROOF ? proof : test;
    }
}
