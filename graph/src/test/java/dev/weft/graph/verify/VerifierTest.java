package dev.weft.graph.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.DefectException;
import dev.weft.graph.Graph;
import dev.weft.graph.Program;
import dev.weft.graph.pass.Pass;
import dev.weft.graph.pass.Pipeline;
import dev.weft.graph.pass.inline.Inline;
import dev.weft.graph.text.ProgramParser;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerifierTest {

    private static final String CALLS = """
            program ops=1
            fn @half(%%0 "x": f32[2]) {
              %%1 = neg %%0 : f32[2]
              return %%1
            }
            fn @main(%%0 "x": f32[2]) {
              %%1 = %s
              return %%1
            }
            entry main = @main reads [] inputs ["x"] outputs ["y"] writes []
            """;

    private static List<String> problems(String op) {
        return Verifier.problems(ProgramParser.parse(CALLS.formatted(op)));
    }

    @Test
    void aWellFormedProgramHasNoProblems() {
        assertThat(problems("call %0 function=\"half\" result=0 path=\"\" : f32[2]"))
                .isEmpty();
    }

    @Test
    void callsNameAFunctionThatIsThere() {
        assertThat(problems("call %0 function=\"third\" result=0 path=\"\" : f32[2]"))
                .containsExactly("main: %1: call @third: there is no such function");
    }

    @Test
    void callsGiveWhatTheFunctionTakes() {
        assertThat(problems("call %0, %0 function=\"half\" result=0 path=\"\" : f32[2]"))
                .containsExactly("main: %1: call @half: arguments must be [f32[2]], got [f32[2], f32[2]]");
    }

    @Test
    void resultsHaveTheFunctionsTypes() {
        assertThat(problems("call %0 function=\"half\" result=0 path=\"\" : f32[3]"))
                .containsExactly("main: %1: call @half: result 0 must be f32[2], is f32[3]");
        assertThat(problems("call %0 function=\"half\" result=1 path=\"\" : f32[2]"))
                .containsExactly("main: %1: call @half: result must be in 0..0, got 1");
    }

    @Test
    void whatIsDifferentiatedIsAScalar() {
        assertThat(problems("grad %0 function=\"half\" wrt=[0] result=0 path=\"\" : f32[2]"))
                .containsExactly("main: %1: grad @half: the first result must be a float scalar, got [f32[2]]");
    }

    @Test
    void theFailureNamesThePass() {
        Program program = ProgramParser.parse(CALLS.formatted("call %0 function=\"half\" result=0 path=\"\" : f32[2]"));
        Pipeline pipeline = Pipeline.of(new Inline(), new BringsCallsBack(program));
        assertThatThrownBy(() -> pipeline.run(program, new Verifier()))
                .isInstanceOf(DefectException.class)
                .hasMessage("after forgets: main: %1: call must be gone");
    }

    @Test
    void aPipelineCountsWhatEachPassDid() {
        Program program = ProgramParser.parse(CALLS.formatted("call %0 function=\"half\" result=0 path=\"\" : f32[2]"));
        Pipeline.Result result = Pipeline.of(new Inline()).run(program, new Verifier());
        assertThat(result.program().functions()).extracting(Graph::name).containsExactly("main");
        assertThat(result.steps()).singleElement().satisfies(step -> {
            assertThat(step.pass()).isEqualTo("inline");
            assertThat(step.before()).isEqualTo(4);
            assertThat(step.after()).isEqualTo(2);
        });
    }

    /** A pass that undoes the one before it. */
    private record BringsCallsBack(Program before) implements Pass {

        @Override
        public String name() {
            return "forgets";
        }

        @Override
        public String summary() {
            return "brings calls back";
        }

        @Override
        public Program apply(Program program) {
            return before;
        }
    }
}
