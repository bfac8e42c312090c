package dev.weft.backend.spi;

import dev.weft.graph.MachineException;
import dev.weft.graph.UserException;
import dev.weft.graph.op.Primitive;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** The backends that can be found: on the class path or the module path, and in jars of a {@link PluginPath}. */
public final class Backends {

    private Backends() {}

    /**
     * All providers of the class path, best first.
     *
     * @throws UserException if there are two of one name, or one of another op set
     */
    public static List<BackendProvider> find() {
        return find(PluginPath.EMPTY);
    }

    /** As {@link #find()}, with plugins. */
    public static List<BackendProvider> find(PluginPath plugins) {
        return find(all(plugins));
    }

    private static List<BackendProvider> all(PluginPath plugins) {
        List<BackendProvider> found = new ArrayList<>();
        try {
            ServiceLoader.load(BackendProvider.class).forEach(found::add);
        } catch (ServiceConfigurationError broken) {
            throw new UserException(
                    "class path: names a backend that cannot be loaded: %s".formatted(broken.getMessage()), broken);
        }
        found.addAll(plugins.providers());
        return found;
    }

    /** As {@link #find()}, from the given providers. */
    public static List<BackendProvider> find(Iterable<BackendProvider> found) {
        List<BackendProvider> providers = checked(found);
        providers.sort(Comparator.comparingInt(
                (BackendProvider provider) -> -provider.score().value()));
        return List.copyOf(providers);
    }

    private static List<BackendProvider> checked(Iterable<BackendProvider> found) {
        List<BackendProvider> providers = new ArrayList<>();
        for (BackendProvider provider : found) {
            check(provider, providers);
            providers.add(provider);
        }
        return providers;
    }

    private static void check(BackendProvider provider, List<BackendProvider> known) {
        if (provider.opSet() != Primitive.VERSION) {
            throw new UserException(
                    "backend %s: must be built for op set %d, is built for %d; use a version of it that matches this Weft (%s)"
                            .formatted(provider.name(), Primitive.VERSION, provider.opSet(), place(provider)));
        }
        for (BackendProvider other : known) {
            if (other.name().equals(provider.name())) {
                throw new UserException("backend %s: must be there once, is provided by %s and by %s"
                        .formatted(provider.name(), place(other), place(provider)));
            }
        }
    }

    private static String place(BackendProvider provider) {
        return provider instanceof Plugin plugin
                ? plugin.toString()
                : provider.getClass().getName();
    }

    /** The provider with this name on the class path. */
    public static BackendProvider named(String name) {
        return named(name, PluginPath.EMPTY);
    }

    /**
     * The provider with this name. None is asked for its score, for which some look at the machine.
     *
     * @throws UserException if there is none; with the names that there are
     */
    public static BackendProvider named(String name, PluginPath plugins) {
        List<BackendProvider> providers = checked(all(plugins));
        return providers.stream()
                .filter(provider -> provider.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UserException("backend %s: is not there; there are %s"
                        .formatted(
                                name,
                                find(providers).stream()
                                        .map(BackendProvider::name)
                                        .toList())));
    }

    /** The provider of the class path with the highest score. */
    public static BackendProvider best() {
        return best(PluginPath.EMPTY);
    }

    /**
     * The provider with the highest score.
     *
     * @throws MachineException if none can run here
     */
    public static BackendProvider best(PluginPath plugins) {
        return find(plugins).stream()
                .filter(provider -> provider.score().value() > 0)
                .findFirst()
                .orElseThrow(() -> new MachineException("backend: none can run on this machine; see weft doctor"));
    }
}
