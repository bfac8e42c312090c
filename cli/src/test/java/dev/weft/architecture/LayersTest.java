package dev.weft.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.tngtech.archunit.core.domain.JavaClass;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which module may see which, and which package may see ANTLR, native libraries and the interpreter. */
class LayersTest {

    private static final String GRAPH = "dev.weft.graph";
    private static final String AUTODIFF = "dev.weft.autodiff";
    private static final String DSL = "dev.weft.dsl";
    private static final String SPI = "dev.weft.backend.spi";
    private static final String TESTKIT = "dev.weft.backend.testkit";
    private static final String REFERENCE = "dev.weft.backend.reference";
    private static final String CPU = "dev.weft.backend.cpu";
    private static final String CUDA = "dev.weft.backend.cuda";
    private static final String MODELS = "dev.weft.models";
    private static final String CLI = "dev.weft.cli";

    /** One row a module: the module, and the modules of Weft whose classes it may name. */
    static Stream<Arguments> modules() {
        return Stream.of(
                arguments(GRAPH, List.of()),
                arguments(AUTODIFF, List.of(GRAPH)),
                arguments(DSL, List.of(GRAPH)),
                arguments(SPI, List.of(GRAPH)),
                arguments(TESTKIT, List.of(GRAPH, SPI)),
                arguments(REFERENCE, List.of(GRAPH, SPI)),
                arguments(CPU, List.of(GRAPH, SPI)),
                arguments(CUDA, List.of(GRAPH, SPI)),
                arguments(MODELS, List.of(GRAPH, AUTODIFF, DSL, SPI)),
                // Everything but the backends: they are found at run time, through ServiceLoader.
                arguments(CLI, List.of(GRAPH, AUTODIFF, DSL, SPI, TESTKIT, MODELS)));
    }

    @ParameterizedTest(name = "{0} may see {1}")
    @MethodSource("modules")
    void aModuleSeesOnlyWhatItsRowAllows(String module, List<String> others) {
        List<String> allowed = new ArrayList<>();
        allowed.add(module + "..");
        others.forEach(other -> allowed.add(other + ".."));
        String[] packages = allowed.toArray(String[]::new);

        classes()
                .that()
                .resideInAPackage(module + "..")
                .should()
                .onlyDependOnClassesThat(not(resideInAPackage("dev.weft..")).or(resideInAnyPackage(packages)))
                .check(Weft.classes());
    }

    @Test
    void everyClassBelongsToAModuleOfTheTable() {
        List<String> prefixes = modules().map(row -> row.get()[0] + ".").toList();

        assertThat(Weft.classes()).extracting(JavaClass::getName).isNotEmpty().allMatch(name -> prefixes.stream()
                .anyMatch(name::startsWith));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("modules")
    void thePackagesOfAModuleFormNoCycle(String module, List<String> others) {
        slices().matching(module + ".(**)")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(Weft.classes());
    }

    @Test
    void onlyTheParserSeesAntlr() {
        assertThat(Weft.classes()).anyMatch(type -> seesPackage(type, "org.antlr."));
        noClasses()
                .that()
                .resideOutsideOfPackage(DSL + ".parse..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.antlr..")
                .check(Weft.classes());
    }

    @Test
    void onlyTheNativelibPackageOfABackendSeesJavaCpp() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.weft.backend.*.nativelib")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco..")
                .check(Weft.classes());
    }

    @Test
    void onlyTheNativelibPackageOfABackendLinksNativeCode() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.weft.backend.*.nativelib")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.foreign.Linker")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.foreign.SymbolLookup")
                .check(Weft.classes());
    }

    @Test
    void compilingBackendsNeverInterpret() {
        assertThat(Weft.classes()).anyMatch(type -> type.getPackageName().startsWith(GRAPH + ".interpret"));
        noClasses()
                .that()
                .resideInAnyPackage(CPU + "..", CUDA + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(GRAPH + ".interpret..")
                .check(Weft.classes());
    }

    private static boolean seesPackage(JavaClass type, String prefix) {
        return type.getDirectDependenciesFromSelf().stream()
                .anyMatch(dependency ->
                        dependency.getTargetClass().getPackageName().startsWith(prefix)
                                || (dependency.getTargetClass().getPackageName() + ".").equals(prefix));
    }
}
