package dist;

import java.io.IOException;

/// A separate network with only the loopback interface, so that a program in it may use any port.
record Network(Process holder) implements AutoCloseable {

    static Network make() throws IOException {
        Process holder = new ProcessBuilder("unshare", "--net", "sh", "-c", "ip link set lo up && echo up && exec cat")
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        if (!"up".equals(holder.inputReader().readLine())) {
            throw new IOException("no network");
        }
        return new Network(holder);
    }

    /// The words to put before a command so that it runs in this network.
    String[] inside() {
        return new String[] {"nsenter", "--net=/proc/" + holder.pid() + "/ns/net"};
    }

    @Override
    public void close() {
        holder.destroy();
    }
}
