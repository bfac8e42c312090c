package dev.weft.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weft.dsl.EntryRequest;
import dev.weft.graph.UserException;
import dev.weft.models.json.Json;
import dev.weft.models.names.Names;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How Llama's positions turn for each way to reach longer contexts, against what transformers 5.18 computes from the same config.json. */
class RotaryPositionsTest {

    /** A Llama as small as can be around the positions. */
    private static final String MODEL = """
            import llama

            model Positions(width, heads, context, base: float, scaling, stretch = 1.0, low = 1.0, high = 4.0, trained = 8192,
                            whole: bool = true, factor = 0.0, grown = 0.0, grown_all = 0.0)
                where width % heads == 0, heads > 0, (width / heads) % 2 == 0, scaling <= 3 {
                whole_model: llama.Llama(1, heads, heads, width, 1, context, 1, base, 1e-5, true, scaling, stretch, low, high,
                                         trained, whole, factor, grown, grown_all)

                fn turns() -> f32[width / heads / 2] = whole_model.frequency()
                fn growth() -> f32[] = whole_model.growth
            }
            """;

    @TempDir
    private Path folder;

    /**
     * @param parameters what {@code rope_parameters} says
     * @param turns some elements of {@code inv_freq}, by their places
     * @param growth {@code attention_scaling}
     */
    private record Known(int head, int context, String parameters, String turns, double growth) {

        private Map<String, Object> said() {
            return Json.parseObject("{" + parameters.replace('\'', '"') + "}", "rope_parameters");
        }

        private SequencedMap<String, Object> constants() {
            return names().constants(config(head, context, Map.of("rope_parameters", said())), "config.json");
        }
    }

    static Stream<Known> known() {
        return Stream.of(
                new Known(
                        128,
                        8192,
                        "'rope_type': 'linear', 'rope_theta': 10000.0, 'factor': 4.0",
                        "0: 2.5e-1, 1: 2.16491088e-01, 16: 2.50000004e-02, 48: 2.50000012e-04, 63: 2.88695483e-05",
                        1),
                new Known(
                        128,
                        131072,
                        """
                        'rope_type': 'llama3', 'rope_theta': 500000.0, 'factor': 8.0, 'low_freq_factor': 1.0,
                        'high_freq_factor': 4.0, 'original_max_position_embeddings': 8192""",
                        "1: 8.14617217e-01, 16: 3.76060307e-02, 32: 5.24846022e-04, 48: 6.64786967e-06, 63: 3.06892588e-07",
                        1),
                new Known(
                        128,
                        65536,
                        """
                        'rope_type': 'yarn', 'rope_theta': 10000.0, 'factor': 16.0,
                        'original_max_position_embeddings': 4096""",
                        "1: 8.65964353e-01, 16: 1.00000001e-01, 32: 5.67307696e-03, 48: 6.25000030e-05, 63: 7.21738706e-06",
                        1.2772588722239782),
                new Known(
                        64,
                        163840,
                        """
                        'rope_type': 'yarn', 'rope_theta': 10000.0, 'factor': 40, 'original_max_position_embeddings': 4096,
                        'mscale': 1.0, 'mscale_all_dim': 0.707, 'beta_fast': 32.0, 'beta_slow': 1.0""",
                        "8: 1.00000001e-01, 16: 5.50000044e-03, 24: 2.49999994e-05, 31: 3.33380353e-06",
                        1.0857263992561355),
                new Known(
                        64,
                        32768,
                        """
                        'rope_type': 'yarn', 'rope_theta': 150000.0, 'factor': 32.0,
                        'original_max_position_embeddings': 4096, 'truncate': false, 'attention_factor': null""",
                        "8: 5.08132726e-02, 16: 4.56483918e-04, 24: 4.09997847e-06, 31: 3.02351140e-07",
                        1.3465735902799727),
                // Both ends of the ramp on one axis.
                new Known(
                        8,
                        64,
                        """
                        'rope_type': 'yarn', 'rope_theta': 50.0, 'factor': 4.0, 'original_max_position_embeddings': 2,
                        'beta_fast': 1.0, 'beta_slow': 1.0""",
                        "0: 1, 1: 3.76060307e-01, 2: 1.41421363e-01, 3: 5.31829596e-02",
                        1.138629436111989));
    }

    private static Names names() {
        return Names.parse(ShippedPrograms.resource("llama.names").orElseThrow(), "llama.names");
    }

    private static Map<String, Object> config(int head, int context, Map<String, ?> more) {
        Map<String, Object> config = new TreeMap<>(more);
        Stream.of("num_hidden_layers", "num_attention_heads", "intermediate_size", "vocab_size")
                .forEach(key -> config.put(key, 1));
        config.put("hidden_size", head);
        config.put("max_position_embeddings", context);
        return config;
    }

    @ParameterizedTest
    @MethodSource("known")
    void axesTurnAsInTransformers(Known known) throws IOException {
        Path file = Files.writeString(folder.resolve("positions.weft"), MODEL);
        Program program = Program.load(file.toString());
        Map<String, String> taken = new TreeMap<>();
        known.constants().forEach((name, value) -> {
            if (program.takes(name)) {
                taken.put(name, value.toString());
            }
        });
        try (Weft weft = Weft.open("reference", 1);
                Model model = weft.compile(program.with(taken)
                        .lower(List.of(EntryRequest.of("turns", Map.of()), EntryRequest.of("growth", Map.of()))))) {
            float[] turns = model.run("turns", Map.of()).firstEntry().getValue().toFloats();
            for (String axis : known.turns().split(", ")) {
                int place = Integer.parseInt(axis.substring(0, axis.indexOf(':')));
                double turn = Double.parseDouble(axis.substring(axis.indexOf(':') + 1));
                assertThat((double) turns[place]).as("axis %d", place).isCloseTo(turn, within(2e-6 * turn));
            }
            float growth = model.run("growth", Map.of()).firstEntry().getValue().toFloats()[0];
            assertThat((double) growth).isCloseTo(known.growth(), within(1e-6));
        }
    }

    @ParameterizedTest
    @MethodSource("known")
    void whatIsWrittenSaysTheSame(Known known) {
        Map<String, Object> constants = new TreeMap<>(Map.of("low", 1.0, "high", 4.0, "whole", true, "factor", 0.0));
        constants.putAll(Map.of("grown", 0.0, "grown_all", 0.0, "trained", 8192));
        constants.putAll(known.constants());

        Map<String, @Nullable Object> written = names().config(constants, OptionalInt.empty());

        Map<String, Object> wanted = new TreeMap<>(known.said());
        assertThat(written).containsEntry("rope_theta", wanted.remove("rope_theta"));
        wanted.values().removeIf(Objects::isNull);
        wanted.remove("beta_fast", 32.0); // what is meant without a word is not written
        wanted.remove("beta_slow", 1.0);
        assertThat(written.get("rope_scaling"))
                .asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
                .containsExactlyInAnyOrderEntriesOf(wanted);
        assertThat(names().constants(written, "again")).containsAllEntriesOf(known.constants());
    }

    @Test
    void whatIsNotKnownIsRefused() {
        refused(
                "rope_scaling: rope_type=dynamic, factor=2.0",
                "rope_scaling.rope_type must be default or linear or llama3");
        refused("rope_scaling: type=dynamic, factor=2.0", "got dynamic (llama.names:");
        refused("rope_parameters: rope_type=longrope", "rope_parameters.rope_type must be default or linear");
        refused("rope_scaling: rope_type=yarn", "must say rope_scaling.factor or rope_parameters.factor");
        refused("rope_parameters: partial_rotary_factor=0.5", "partial_rotary_factor must be null or 1.0");
        refused(
                "rope_scaling: rope_type=linear, type=yarn, factor=2.0",
                "rope_scaling.type must be linear like the other key that gives scaling, got yarn");
    }

    private static void refused(String object, String why) {
        Map<String, String> inner = new TreeMap<>();
        for (String pair : object.substring(object.indexOf(": ") + 2).split(", ")) {
            inner.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        }
        Map<String, Object> config = config(8, 16, Map.of(object.substring(0, object.indexOf(':')), inner));
        assertThatThrownBy(() -> names().constants(config, "config.json"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(why);
    }
}
