package shared;

/// A task's priority: any 32-bit integer, the highest first. Four values have names, accepted wherever a number is.
public enum Priority {
    LOW(1), NORMAL(5), HIGH(10), CRITICAL(15);

    public final int value;

    Priority(int value) {
        this.value = value;
    }

    /// Reads a priority.
    ///
    /// @param text an integer or a name, in any case
    /// @throws Problem (400) if it is neither
    public static int parse(String text) {
        for (Priority priority : values()) {
            if (priority.name().equalsIgnoreCase(text)) {
                return priority.value;
            }
        }
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException notAnInteger) {
            throw Problem.badRequest("priority must be an integer from -2147483648 to 2147483647, or low (1), "
                    + "normal (5), high (10) or critical (15), not \"" + Problem.shown(text) + "\"");
        }
    }
}
