package shared.cron;

/// The fields in the order in which they are written, with the values they take and what errors call them.
enum CronField {
    SECOND("second", 0, 59, ""),
    MINUTE("minute", 0, 59, ""),
    HOUR("hour", 0, 23, ""),
    DAY("day of month", 1, 31, ""),
    MONTH("month", 1, 12, "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"),
    WEEKDAY("day of week", 0, 7, "SUNMONTUEWEDTHUFRISAT");

    final String title;
    final int min;
    /// The greatest value that may be written; 7 is Sunday once more.
    final int max;
    private final String names;

    CronField(String title, int min, int max, String names) {
        this.title = title;
        this.min = min;
        this.max = max;
        this.names = names;
    }

    /// The end of `*` and of `a/n`: no day twice.
    int last() {
        return this == WEEKDAY ? 6 : max;
    }

    /// @return the value of a three-letter name, or -1
    int named(String name) {
        for (int i = 0; i < names.length(); i += 3) {
            if (names.regionMatches(true, i, name, 0, 3)) {
                return min + i / 3;
            }
        }
        return -1;
    }

    /// What may be written in this field, for errors.
    String forms() {
        return "write *, a, a-b, a-b/n, */n, a/n, ~, a~b"
                + (this == DAY ? ", ?, L, L-n, LW, nW" : this == WEEKDAY ? ", ?, nL, n#k" : "")
                + " or several of these with commas";
    }
}
