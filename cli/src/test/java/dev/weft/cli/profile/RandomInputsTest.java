package dev.weft.cli.profile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Program;
import dev.weft.graph.op.Primitive;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.text.ProgramParser;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RandomInputsTest {

    private static final Program PROGRAM = ProgramParser.parse("""
            program ops=%d
            stored param "table" : f32[7,3]
            fn @body(%%0 "table": f32[7,3], %%1 "tokens": i32[2,50], %%2 "at": i32[], %%3 "class": i32[50], %%4 "rate": f32[], %%5 "w": f32[50], %%6 "free": i32[50]) {
              %%7 = reshape %%1 shape=[100] : i32[100]
              %%8 = gather %%0, %%7 : f32[100,3]
              %%9 = dynamic_slice %%0, %%2 axis=0 size=5 : f32[5,3]
              %%10 = iota shape=[50,4] axis=1 element=i32 : i32[50,4]
              %%11 = broadcast %%3 shape=[50,4] axes=[0] : i32[50,4]
              %%12 = eq %%11, %%10 : bool[50,4]
              return %%8, %%9, %%12, %%4, %%5, %%6
            }
            entry main = @body reads ["table"] inputs ["tokens", "at", "class", "rate", "w", "free"] outputs ["a", "b", "c", "d", "e", "f"] writes []
            """.formatted(Primitive.VERSION));

    private static Map<String, Tensor> inputs(Set<String> given) {
        return RandomInputs.of(PROGRAM, PROGRAM.entry("main"), given, 3);
    }

    private static double most(Tensor tensor) {
        double most = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < tensor.size(); i++) {
            most = Math.max(most, tensor.get(i));
        }
        return most;
    }

    @Test
    void integersStayWithinWhatTheyPick() {
        Map<String, Tensor> inputs = inputs(Set.of());

        assertThat(most(inputs.get("tokens"))).isEqualTo(6);
        assertThat(most(inputs.get("class"))).isEqualTo(3);
        assertThat(most(inputs.get("at"))).isBetween(0.0, 2.0);
        assertThat(most(inputs.get("free"))).isEqualTo(1);
    }

    @Test
    void floatsAreSmallAndPositive() {
        Map<String, Tensor> inputs = inputs(Set.of());

        assertThat(most(inputs.get("w"))).isBetween(0.5, 1.0);
        assertThat(inputs.get("rate").get(0)).isEqualTo((float) 1e-3);
    }

    @Test
    void whatIsGivenIsLeftOut() {
        assertThat(inputs(Set.of("at", "w"))).containsOnlyKeys("tokens", "class", "rate", "free");
    }
}
