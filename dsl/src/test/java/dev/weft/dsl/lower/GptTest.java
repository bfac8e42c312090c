package dev.weft.dsl.lower;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weft.dsl.EntryRequest;
import dev.weft.dsl.LowerRequest.Choice;
import dev.weft.graph.Program;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.tensor.Tensor;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GptTest {

    private static final Choice TINY =
            Shipped.model("gpt", Map.of("layers", "2", "heads", "2", "width", "8", "context", "12", "vocab", "17"));

    @Test
    void theLossOfRandomWeightsIsThatOfGuessing() {
        Program program = Shipped.function(TINY, EntryRequest.of("loss", Map.of("B", 2L, "T", 5L)));
        Map<String, Tensor> inputs = Shipped.inputs(program, "loss", 17, 1);
        inputs.get("weight").fill(1);

        Map<String, Tensor> outputs =
                new Interpreter(program, Interpreter.Mode.TYPED).run("loss", Shipped.initial(program, 7), inputs);

        assertThat(outputs.get("result.1").get(0)).isEqualTo(10);
        assertThat(outputs.get("result.0").get(0) / 10).isCloseTo(Math.log(17), within(0.05));
    }
}
