package server.tls;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.stream.Stream;

/// Finds addresses of names as ever, but names of addresses never: `jdk.httpserver` would ask for the name of each
/// client that speaks TLS, and a name service that does not answer would hold all threads up. An address without a name
/// is shown as it is.
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
