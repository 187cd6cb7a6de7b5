package shared.cron;

/// The fields, in the order in which they are written.
enum CronField {
    SECOND("second", 0, 59, "", ""),
    MINUTE("minute", 0, 59, "", ""),
    HOUR("hour", 0, 23, "", ""),
    DAY("day of month", 1, 31, "", ", ?, L, L-n, LW, nW"),
    MONTH("month", 1, 12, "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC", ", JAN to DEC"),
    WEEKDAY("day of week", 0, 6, "SUNMONTUEWEDTHUFRISAT", ", SUN to SAT, ?, nL, n#k");

    final String title;
    final int min;
    final int max;
    /// The names of the values, three letters each.
    final String names;
    /// The forms allowed here besides those of every field.
    final String forms;

    CronField(String title, int min, int max, String names, String forms) {
        this.title = title;
        this.min = min;
        this.max = max;
        this.names = names;
        this.forms = forms;
    }
}
