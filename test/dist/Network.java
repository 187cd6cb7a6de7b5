package dist;

import java.io.IOException;

/// A network of its own, with the loopback interface alone: what runs in it may have any port.
record Network(Process holder) implements AutoCloseable {

    static Network make() throws IOException {
        Process holder = new ProcessBuilder("unshare", "--net", "sh", "-c", "ip link set lo up && echo up && exec cat")
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        if (!"up".equals(holder.inputReader().readLine())) {
            throw new IOException("no network");
        }
        return new Network(holder);
    }

    /// What stands before a command that is to run in it.
    String[] inside() {
        return new String[] {"nsenter", "--net=/proc/" + holder.pid() + "/ns/net"};
    }

    @Override
    public void close() {
        holder.destroy();
    }
}
