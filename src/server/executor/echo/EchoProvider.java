package server.executor.echo;

import java.time.Duration;
import java.time.InstantSource;

import server.executor.ExecutorProvider;
import server.executor.TaskExecutor;
import shared.Problem;
import shared.config.Durations;

/// Opens the embedded model at `echo:`. With `echo:?delay=20ms` each token takes that long, as with a real model.
public final class EchoProvider implements ExecutorProvider {

    private static final String ADDRESS = "echo:";
    private static final String DELAY = ADDRESS + "?delay=";

    public EchoProvider() {
    }

    @Override
    public String kind() {
        return "echo";
    }

    /// `echo:11434` is excluded: that is an Ollama server on a machine named echo.
    @Override
    public boolean serves(String address) {
        return address.equals(ADDRESS) || address.startsWith(ADDRESS + "?");
    }

    @Override
    public TaskExecutor open(String address) {
        return new EchoExecutor(address, delay(address), InstantSource.system());
    }

    private static Duration delay(String address) {
        if (address.equals(ADDRESS)) {
            return Duration.ZERO;
        }
        if (!address.startsWith(DELAY)) {
            throw new IllegalArgumentException("write echo: or echo:?delay=20ms");
        }
        try {
            return Durations.parse("delay", address.substring(DELAY.length()));
        } catch (Problem wrong) {
            throw new IllegalArgumentException(wrong.getMessage(), wrong);
        }
    }
}
