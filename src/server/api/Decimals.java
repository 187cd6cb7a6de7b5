package server.api;

import java.math.BigDecimal;
import java.math.RoundingMode;

/// Averages as JSON numbers.
final class Decimals {

    private Decimals() {
    }

    /// With at most one digit behind the point.
    static String text(double number) {
        BigDecimal rounded = BigDecimal.valueOf(number).setScale(1, RoundingMode.HALF_UP);
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }
}
