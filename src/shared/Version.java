package shared;

/// The version of this program, as `--version`, `version` and `/api/info` tell it.
public final class Version {

    public static final String TEXT = "0.2.0";

    private Version() {
    }
}
