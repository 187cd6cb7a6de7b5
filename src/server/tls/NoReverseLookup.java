package server.tls;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.stream.Stream;

/// Resolves names to addresses as usual, but never addresses to names: `jdk.httpserver` would look up the name of each
/// TLS client, and a name service that does not answer would block all threads. An address without a name is shown as
/// it is.
public final class NoReverseLookup extends InetAddressResolverProvider {

    public NoReverseLookup() {
    }

    @Override
    public InetAddressResolver get(Configuration configuration) {
        InetAddressResolver usual = configuration.builtinResolver();
        return new InetAddressResolver() {
            @Override
            public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
                return usual.lookupByName(host, policy);
            }

            @Override
            public String lookupByAddress(byte[] address) throws UnknownHostException {
                throw new UnknownHostException("nobody is asked for names");
            }
        };
    }

    @Override
    public String name() {
        return "no reverse lookup";
    }
}
