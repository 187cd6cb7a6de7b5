package server.api;

import java.math.BigDecimal;
import java.math.RoundingMode;

/// Formats decimal numbers for JSON.
final class Decimals {

    private Decimals() {
    }

    /// Returns the number, rounded to at most one decimal place.
    static String text(double number) {
        BigDecimal rounded = BigDecimal.valueOf(number).setScale(1, RoundingMode.HALF_UP);
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }
}
