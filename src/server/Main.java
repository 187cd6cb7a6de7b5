package server;

/// (SKELETON)
final class Main {

    private Main() {
    }

    public static void main(String[] arguments) {
        throw new UnsupportedOperationException();
    }
}
