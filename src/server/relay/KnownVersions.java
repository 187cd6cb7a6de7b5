package server.relay;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import server.dispatch.Backend;
import server.dispatch.Hosts;
import server.journal.disk.Segment;
import server.journal.disk.Storage;
import shared.LogValue;
import shared.json.Json;
import shared.json.JsonException;
import shared.json.JsonWriter;

/// The version that each host reported last, for callers who ask while the hosts are away. A file keeps them for the
/// time after a restart; it is written only when a host reports another version than before.
///
/// ```
/// versions.json      {"HOST":"VERSION",…}
/// ```
///
/// Nothing else depends on it: what cannot be read is not known, and what cannot be written is tried again at the next
/// report. For any thread.
public final class KnownVersions {

    static final String FILE = "versions.json";

    private static final Logger LOG = System.getLogger("relay");
    private static final int READ_MAX = 1 << 20;

    private final Storage storage;
    private final Map<String, String> last = new ConcurrentHashMap<>();
    /// What the file has. Guarded by this object's lock.
    private Map<String, String> kept = Map.of();

    private KnownVersions(Storage storage) {
        this.storage = storage;
    }

    /// Reads what the hosts reported before the server's start, and listens to them from now on.
    ///
    /// @param storage where the file is
    public static KnownVersions open(Hosts hosts, Storage storage) {
        KnownVersions versions = new KnownVersions(storage);
        versions.read();
        versions.last.putAll(versions.kept);
        versions.last.keySet().retainAll(hosts.backends().stream().map(Backend::name).toList());
        hosts.onReport(versions::reported);
        return versions;
    }

    /// Returns the version that a host reported last; null if it reports none, or never did.
    String of(String host) {
        return last.get(host);
    }

    private void read() {
        try {
            byte[] bytes = new byte[(int) Math.min(storage.size(FILE), READ_MAX)];
            storage.read(FILE, 0, bytes, 0, bytes.length);
            if (Json.parse(bytes) instanceof Json.Obj all) {
                Map<String, String> read = new TreeMap<>();
                all.members().keySet().stream().filter(host -> all.text(host) != null)
                        .forEach(host -> read.put(host, all.text(host)));
                kept = read;
            }
        } catch (IOException | JsonException unknown) {
            // the hosts will report it
        }
    }

    /// @param version null if the host reports none
    synchronized void reported(String host, String version) {
        if (version == null) {
            last.remove(host);
        } else {
            last.put(host, version);
        }
        if (!last.equals(kept)) {
            write(new TreeMap<>(last));
        }
    }

    private void write(Map<String, String> versions) {
        JsonWriter out = new JsonWriter().beginObject();
        versions.forEach((host, version) -> out.name(host).string(version));
        try {
            try (Storage.Writable file = storage.create(FILE + Segment.PART)) {
                file.write(ByteBuffer.wrap(out.endObject().toBytes()), 0);
                file.force();
            }
            storage.rename(FILE + Segment.PART, FILE);
            kept = versions;
        } catch (IOException failure) {
            LOG.log(Level.DEBUG, () -> "event=versions_not_kept reason=" + LogValue.of(failure.getMessage()));
        }
    }
}
