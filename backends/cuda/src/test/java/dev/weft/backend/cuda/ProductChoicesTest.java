package dev.weft.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.cuda.device.Epilogue;
import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.cuda.device.Multiplication.Addresses;
import dev.weft.backend.cuda.device.Multiplication.Compute;
import dev.weft.backend.cuda.device.Multiplication.Matrix;
import dev.weft.backend.spi.CodeStore;
import dev.weft.graph.DefectException;
import dev.weft.graph.MachineException;
import dev.weft.graph.type.ElementType;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which of several ways to make a product is taken, on a device whose clock is scripted. */
class ProductChoicesTest {
    private static final Matrix SQUARE = new Matrix(ElementType.F32, 8, 8, 8, 1, 0);
    private static final Multiplication PRODUCT =
            new Multiplication(Compute.F32, SQUARE, false, SQUARE, false, SQUARE, 0, Epilogue.NONE);
    private static final Addresses AT = new Addresses(256, 512, 0, 768);

    /** Ways are numbered from 0, and a product is made in the way that its handle is. */
    private static final class Scripted {
        private final float[] millis;
        private String recipe = "a device, its driver and its library";
        private final List<Integer> made = new ArrayList<>();
        private final List<Integer> timed = new ArrayList<>();
        private final Set<Integer> refused = new HashSet<>();
        private long running = -1;

        Scripted(float... millis) {
            this.millis = millis;
        }

        Device device() {
            return (Device) Proxy.newProxyInstance(
                    Device.class.getClassLoader(), new Class<?>[] {Device.class}, (proxy, method, arguments) -> {
                        switch (method.getName()) {
                            case "algorithms" -> {
                                List<byte[]> ways = new ArrayList<>();
                                for (int i = 0; i < millis.length; i++) {
                                    ways.add(way(i));
                                }
                                return ways;
                            }
                            case "productRecipe" -> {
                                return recipe.isEmpty() ? Optional.empty() : Optional.of(recipe);
                            }
                            case "product" -> {
                                int number = ((byte[]) arguments[1])[3];
                                made.add(number);
                                return (long) number;
                            }
                            case "multiply" -> {
                                running = (long) arguments[1];
                                if (refused.contains((int) running)) {
                                    throw new DefectException("cuBLASLt: refuses " + running);
                                }
                            }
                            case "millis" -> {
                                timed.add((int) running);
                                return millis[(int) running];
                            }
                            case "event" -> {
                                return 5L;
                            }
                            case "record", "synchronize", "endEvent", "endProduct" -> {}
                            default -> throw new AssertionError(method);
                        }
                        return null;
                    });
        }

        int choice(ProductChoices choices) {
            return choices.way(PRODUCT, 1, AT, 0)[3];
        }
    }

    private static byte[] way(int number) {
        return new byte[] {'w', 'a', 'y', (byte) number};
    }

    @Test
    void theFastestIsTakenAndTimedOnce(@TempDir Path cache) {
        Scripted scripted = new Scripted(3, 1, 2);
        ProductChoices choices = new ProductChoices(scripted.device(), CodeStore.in(cache, 1 << 20));
        assertThat(scripted.choice(choices)).isEqualTo(1);
        assertThat(scripted.choice(choices)).isEqualTo(1);
        assertThat(scripted.made).containsExactly(0, 1, 2);
        assertThat(choices.chosen()).hasSize(1).containsValue("77617901");
    }

    @Test
    void equalTimesAreTheFirst() {
        Scripted scripted = new Scripted(2, 2, 2);
        assertThat(scripted.choice(new ProductChoices(scripted.device(), CodeStore.none())))
                .isZero();
    }

    @Test
    void whatWasTimedBeforeIsNotTimedAgainUnlessTheDeviceIsAnother(@TempDir Path cache) {
        CodeStore store = CodeStore.in(cache, 1 << 20);
        Scripted first = new Scripted(3, 1, 2);
        assertThat(first.choice(new ProductChoices(first.device(), store))).isEqualTo(1);
        Scripted second = new Scripted(1, 2, 3);
        assertThat(second.choice(new ProductChoices(second.device(), store))).isEqualTo(1);
        assertThat(second.timed).isEmpty();
        Scripted other = new Scripted(1, 2, 3);
        other.recipe = "another driver";
        assertThat(other.choice(new ProductChoices(other.device(), store))).isZero();
    }

    @Test
    void aRunKeepsWhatItBeganWith() {
        Scripted then = new Scripted(3, 1, 2);
        ProductChoices began = new ProductChoices(then.device(), CodeStore.none());
        assertThat(then.choice(began)).isEqualTo(1);
        Scripted now = new Scripted(1, 2, 3);
        ProductChoices resumed = new ProductChoices(now.device(), CodeStore.none());
        resumed.keepTo(began.chosen());
        assertThat(now.choice(resumed)).isEqualTo(1);
        assertThat(now.timed).isEmpty();
        assertThat(resumed.chosen()).isEqualTo(began.chosen());
    }

    @Test
    void whatIsNoWayOfTheDeviceIsTimedAnew(@TempDir Path cache) throws IOException {
        CodeStore store = CodeStore.in(cache, 1 << 20);
        Scripted first = new Scripted(3, 1, 2);
        ProductChoices choices = new ProductChoices(first.device(), store);
        assertThat(first.choice(choices)).isEqualTo(1);
        String key = choices.chosen().keySet().iterator().next();

        store.write(ProductChoices.KIND, key, way(9));
        Scripted second = new Scripted(1, 2, 3);
        assertThat(second.choice(new ProductChoices(second.device(), store))).isZero();

        try (Stream<Path> files = Files.walk(cache)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.writeString(file, "damaged");
            }
        }
        Scripted third = new Scripted(2, 3, 1);
        ProductChoices after = new ProductChoices(third.device(), store);
        after.keepTo(Map.of(key, "no digits"));
        assertThat(third.choice(after)).isEqualTo(2);
    }

    @Test
    void aWayThatTheLibraryRefusesIsNone(@TempDir Path cache) {
        CodeStore store = CodeStore.in(cache, 1 << 20);
        Scripted scripted = new Scripted(3, 1, 2);
        scripted.refused.add(1);
        ProductChoices choices = new ProductChoices(scripted.device(), store);
        assertThat(scripted.choice(choices)).isEqualTo(2);
        assertThat(scripted.made).containsExactly(0, 1, 2);

        Scripted later = new Scripted(2, 3, 1);
        later.refused.add(2);
        assertThat(later.choice(new ProductChoices(later.device(), store))).isZero();

        Scripted all = new Scripted(1);
        all.refused.add(0);
        assertThatThrownBy(() -> all.choice(new ProductChoices(all.device(), CodeStore.none())))
                .isInstanceOf(MachineException.class)
                .hasMessageContaining("named 1 ways to make")
                .hasMessageContaining("and refused each of them")
                .hasMessageEndingWith("the last time: cuBLASLt: refuses 0");
    }

    @Test
    void aDeviceWhoseTimeSaysNothingTakesTheFirst() {
        Scripted scripted = new Scripted(3, 1, 2);
        scripted.recipe = "";
        ProductChoices choices = new ProductChoices(scripted.device(), CodeStore.none());
        assertThat(scripted.choice(choices)).isZero();
        assertThat(scripted.made).isEmpty();
        assertThat(choices.chosen()).isEmpty();
    }
}
