package client;

/// (SKELETON)
public final class Client {

    private Client() {
    }

    public static void main(String[] arguments) {
        throw new UnsupportedOperationException();
    }
}
