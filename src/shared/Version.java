package shared;

/// The version of this program, as shown by `--version`, `version` and `/api/info`.
public final class Version {

    public static final String TEXT = "0.2.0";

    private Version() {
    }
}
