package support;

/// How much a test does that could go on for ever: a random one, or one of many cases alike. `make test` has a short
/// form of each, `make proof` the long one.
public final class Effort {

    private static final boolean PROOF = "proof".equals(System.getProperty("part"));

    private Effort() {
    }

    /// Whether this is the long form.
    public static boolean isProof() {
        return PROOF;
    }

    /// The number for this run.
    public static int of(int test, int proof) {
        return PROOF ? proof : test;
    }
}
