package dev.weft.backend.spi;

import dev.weft.graph.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Backends in jars that are not on the class path. Each element is a jar, or a folder whose jars belong together; classes of one
 * element do not see those of another, and all see Weft's. A jar names its providers in
 * {@code META-INF/services/dev.weft.backend.spi.BackendProvider}. Plugins are code: they may do whatever this process may.
 *
 * <p>Closing lets go of the jars; backends that were opened from them must be closed before. May be called again.
 */
public final class PluginPath implements AutoCloseable {

    /** No plugins. */
    public static final PluginPath EMPTY = new PluginPath(List.of(), List.of());

    private static final String SERVICES = "META-INF/services/" + BackendProvider.class.getName();
    private static final String SUFFIX = ".jar";

    private final List<BackendProvider> providers;
    private final List<URLClassLoader> loaders;

    private PluginPath(List<BackendProvider> providers, List<URLClassLoader> loaders) {
        this.providers = List.copyOf(providers);
        this.loaders = List.copyOf(loaders);
    }

    /**
     * The plugins in these files and folders.
     *
     * @throws UserException naming the file that is not there, is no jar, has no backend, or has one that cannot be loaded
     */
    public static PluginPath of(List<Path> elements) {
        List<BackendProvider> providers = new ArrayList<>();
        List<URLClassLoader> loaders = new ArrayList<>();
        try {
            for (Path element : elements) {
                Map<Path, List<String>> named = named(element);
                URLClassLoader loader = loader(List.copyOf(named.keySet()));
                loaders.add(loader);
                named.forEach((jar, names) -> names.forEach(name -> providers.add(provider(name, jar, loader))));
            }
        } catch (RuntimeException | Error failure) {
            loaders.forEach(PluginPath::close);
            throw failure;
        }
        return new PluginPath(providers, loaders);
    }

    /** The providers, in the order of the path. */
    public List<BackendProvider> providers() {
        return providers;
    }

    /** Names of providers by the jars of an element, of which at least one must have some. */
    private static Map<Path, List<String>> named(Path element) {
        Map<Path, List<String>> named = new LinkedHashMap<>();
        jars(element).forEach(jar -> named.put(jar, names(jar)));
        if (named.values().stream().allMatch(List::isEmpty)) {
            throw new UserException(
                    "plugin %s: must name a backend in %s, has none; a module's provides alone is not read here"
                            .formatted(element, SERVICES));
        }
        return named;
    }

    private static List<Path> jars(Path element) {
        if (Files.isRegularFile(element)) {
            return List.of(element);
        }
        if (!Files.isDirectory(element)) {
            throw new UserException(
                    "plugin %s: there is no such file; a plugin is a jar, or a folder of jars".formatted(element));
        }
        try (Stream<Path> files = Files.list(element)) {
            List<Path> jars = files.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
            if (jars.isEmpty()) {
                throw new UserException("plugin %s: must be a jar or a folder of jars, has no jar".formatted(element));
            }
            return jars;
        } catch (IOException e) {
            throw new UserException("plugin %s: cannot be read: %s".formatted(element, e.getMessage()), e);
        }
    }

    private static List<String> names(Path jar) {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            ZipEntry services = zip.getEntry(SERVICES);
            if (services == null) {
                return List.of();
            }
            try (InputStream in = zip.getInputStream(services)) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .map(line -> line.replaceFirst("#.*", "").strip())
                        .filter(line -> !line.isEmpty())
                        .toList();
            }
        } catch (IOException e) {
            throw new UserException("plugin %s: is no jar that can be read: %s".formatted(jar, e.getMessage()), e);
        }
    }

    private static URLClassLoader loader(List<Path> jars) {
        URL[] urls = jars.stream().map(PluginPath::url).toArray(URL[]::new);
        return new URLClassLoader("weft-plugin", urls, BackendProvider.class.getClassLoader());
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new UserException("plugin %s: has no address that Java can load from".formatted(jar), e);
        }
    }

    private static BackendProvider provider(String name, Path jar, ClassLoader loader) {
        try {
            Class<?> type = Class.forName(name, true, loader);
            if (!BackendProvider.class.isAssignableFrom(type)) {
                throw new UserException("plugin %s: %s must be a %s, as %s says, and is none"
                        .formatted(jar, name, BackendProvider.class.getSimpleName(), SERVICES));
            }
            return new Plugin(
                    type.asSubclass(BackendProvider.class)
                            .getDeclaredConstructor()
                            .newInstance(),
                    jar);
        } catch (InvocationTargetException thrown) {
            throw Plugin.unusable(jar, name, thrown.getCause());
        } catch (ReflectiveOperationException | LinkageError failure) {
            throw Plugin.unusable(jar, name, failure);
        }
    }

    @Override
    public void close() {
        loaders.forEach(PluginPath::close);
    }

    private static void close(URLClassLoader loader) {
        try {
            loader.close();
        } catch (IOException e) {
            throw new UserException("plugin: its jar cannot be closed: " + e.getMessage(), e);
        }
    }
}
