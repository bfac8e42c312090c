package dev.weft.backend.spi;

import dev.weft.graph.MachineException;
import dev.weft.graph.UserException;
import dev.weft.graph.op.Primitive;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/** The backends that can be found. */
public final class Backends {

    private Backends() {}

    /** All providers, best first. Two of one name, or one of another op set, are refused. */
    public static List<BackendProvider> find() {
        return find(ServiceLoader.load(BackendProvider.class));
    }

    /** As {@link #find()}, from the given providers. */
    public static List<BackendProvider> find(Iterable<BackendProvider> found) {
        List<BackendProvider> providers = new ArrayList<>();
        for (BackendProvider provider : found) {
            check(provider, providers);
            providers.add(provider);
        }
        providers.sort(Comparator.comparingInt(
                (BackendProvider provider) -> -provider.score().value()));
        return List.copyOf(providers);
    }

    private static void check(BackendProvider provider, List<BackendProvider> known) {
        if (provider.opSet() != Primitive.VERSION) {
            throw new UserException("backend %s: must be built for op set %d, is built for %d; use a matching version"
                    .formatted(provider.name(), Primitive.VERSION, provider.opSet()));
        }
        for (BackendProvider other : known) {
            if (other.name().equals(provider.name())) {
                throw new UserException("backend %s: must be there once, is provided by %s and %s"
                        .formatted(
                                provider.name(),
                                other.getClass().getName(),
                                provider.getClass().getName()));
            }
        }
    }

    /** The provider with this name. */
    public static BackendProvider named(String name) {
        List<BackendProvider> providers = find();
        return providers.stream()
                .filter(provider -> provider.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UserException("backend %s: is not there; there are %s"
                        .formatted(
                                name,
                                providers.stream().map(BackendProvider::name).toList())));
    }

    /** The provider with the highest score. */
    public static BackendProvider best() {
        return find().stream()
                .filter(provider -> provider.score().value() > 0)
                .findFirst()
                .orElseThrow(() -> new MachineException("backend: none can run on this machine; see weft doctor"));
    }
}
