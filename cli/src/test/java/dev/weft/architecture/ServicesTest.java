package dev.weft.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A service is found on the class path exactly if it is found on the module path. */
class ServicesTest {

    @Test
    void metaInfNamesTheSameProvidersAsTheModules() throws IOException {
        TreeMap<String, Set<String>> provided = provided();

        assertThat(provided).isNotEmpty();
        for (var service : provided.entrySet()) {
            assertThat(named(service.getKey())).as(service.getKey()).isEqualTo(service.getValue());
        }
    }

    /** Service to providers, as the descriptors of Weft's modules have them. */
    private static TreeMap<String, Set<String>> provided() throws IOException {
        TreeMap<String, Set<String>> provided = new TreeMap<>();
        for (URL descriptor : resources("module-info.class")) {
            try (InputStream in = descriptor.openStream()) {
                ModuleDescriptor module = ModuleDescriptor.read(in);
                if (module.name().startsWith("dev.weft.")) {
                    module.provides().forEach(row -> provided.computeIfAbsent(row.service(), service -> new TreeSet<>())
                            .addAll(row.providers()));
                }
            }
        }
        return provided;
    }

    /** The providers that {@code META-INF/services} names for a service. */
    private static Set<String> named(String service) throws IOException {
        Set<String> named = new TreeSet<>();
        for (URL file : resources("META-INF/services/" + service)) {
            try (InputStream in = file.openStream()) {
                new String(in.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .map(line -> line.replaceFirst("#.*", "").strip())
                        .filter(line -> line.startsWith("dev.weft."))
                        .forEach(named::add);
            }
        }
        return named;
    }

    private static List<URL> resources(String name) throws IOException {
        return Collections.list(ServicesTest.class.getClassLoader().getResources(name));
    }
}
