package server.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.text.MessageFormat;
import java.time.InstantSource;
import java.util.Locale;
import java.util.ResourceBundle;

/// Provides the loggers of this process, found by `ServiceLoader`: the JDK's own loggers can change neither their level
/// nor their destination while they run.
public final class LogProvider extends System.LoggerFinder {

    private final Log log = new Log(InstantSource.system(), new FileOutputStream(FileDescriptor.err));

    public LogProvider() {
    }

    Log log() {
        return log;
    }

    /// Returns a logger. The JDK's own modules log much at DEBUG that is of no use here.
    @Override
    public Logger getLogger(String name, Module module) {
        boolean jdk = module.isNamed() && module.getName().matches("(java|jdk)\\..*");
        return new Lines(name, jdk ? Level.INFO : Level.ALL, log);
    }

    /// A logger of this process.
    ///
    /// @param least the minimum level; lower ones are never shown
    private record Lines(String name, Level least, Log log) implements Logger {

        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean isLoggable(Level level) {
            return level.getSeverity() >= least.getSeverity() && log.shows(level);
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
            if (isLoggable(level)) {
                log.write(name, level, String.valueOf(message), thrown);
            }
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
            if (isLoggable(level)) {
                log.write(name, level, parameters == null || parameters.length == 0 ? String.valueOf(format)
                        : new MessageFormat(format, Locale.ROOT).format(parameters), null);
            }
        }
    }
}
