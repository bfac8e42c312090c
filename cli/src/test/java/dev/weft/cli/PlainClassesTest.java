package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the JVM would make at its start, written out: it must do the same. */
class PlainClassesTest {

    private static final ClassHierarchyResolver TYPES = ClassHierarchyResolver.ofResourceParsing(
                    PlainClassesTest.class.getClassLoader())
            .orElse(ClassHierarchyResolver.defaultResolver());

    /** One component of each kind. */
    record Parts(
            boolean flag,
            byte small,
            char letter,
            short half,
            int whole,
            long wide,
            float single,
            double twice,
            @Nullable String text,
            int @Nullable [] list) {}

    /** What the switch says of anything: a list that is not empty, any other list, a text, a number, or something else. */
    static final class Kinds implements Function<@Nullable Object, String> {
        @Override
        public String apply(@Nullable Object value) {
            return switch (value) {
                case null -> "nothing";
                case List<?> list when !list.isEmpty() -> "items";
                case List<?> _ -> "no items";
                case String text -> text;
                case Integer number -> "number " + number;
                case int[] _ -> "numbers";
                default -> "other";
            };
        }
    }

    @Test
    void recordsAreEqualToTheSameAndHashAlike() throws Exception {
        Class<?> plain = plain(Parts.class);
        int[] list = {1};
        List<Object[]> cases = List.of(
                parts(true, 1, 'a', 2, 3, 4L, 0.0f, 0.0, "x", list),
                parts(true, 1, 'a', 2, 3, 4L, -0.0f, 0.0, "x", list),
                parts(true, 1, 'a', 2, 3, 4L, 0.0f, -0.0, "x", list),
                parts(true, 1, 'a', 2, 3, 4L, Float.NaN, Double.NaN, "x", list),
                parts(false, 1, 'a', 2, 3, 4L, Float.NaN, Double.NaN, "x", list),
                parts(true, -1, 'a', 2, 3, 4L, 0.0f, 0.0, "x", list),
                parts(true, 1, 'b', 2, 3, 4L, 0.0f, 0.0, "x", list),
                parts(true, 1, 'a', -2, 3, 4L, 0.0f, 0.0, "x", list),
                parts(true, 1, 'a', 2, -3, 4L, 0.0f, 0.0, "x", list),
                parts(true, 1, 'a', 2, 3, 1L << 40, 0.0f, 0.0, "x", list),
                parts(true, 1, 'a', 2, 3, 4L, 0.0f, 0.0, null, null),
                parts(true, 1, 'a', 2, 3, 4L, 0.0f, 0.0, "x", new int[] {1}));
        for (Object[] a : cases) {
            Object ours = made(plain, a);
            assertThat(ours)
                    .hasSameHashCodeAs(made(Parts.class, a))
                    .isNotEqualTo(null)
                    .isNotEqualTo("x");
            for (Object[] b : cases) {
                assertThat(ours.equals(made(plain, b)))
                        .isEqualTo(made(Parts.class, a).equals(made(Parts.class, b)));
            }
        }
    }

    @Test
    void switchesTakeTheSameWay() throws Exception {
        Object plain = made(plain(Kinds.class), new Object[0]);
        for (Object value :
                Stream.of(List.of(1), List.of(), "text", 7, new int[0], 1L).toList()) {
            assertThat(said(plain, value)).isEqualTo(new Kinds().apply(value));
        }
        assertThat(said(plain, null)).isEqualTo("nothing");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "graph/op/DotGeneral",
                "graph/plan/Step",
                "graph/schedule/StridedView",
                "autodiff/Derivatives",
                "dsl/lower/Evaluator",
                "dsl/parse/ExpressionBuilder",
                "backend/cpu/CompiledProgram",
                "backend/cpu/codegen/OpCode"
            })
    void classesOfTheCompilerStayValid(String name) throws IOException {
        byte[] plain = PlainClasses.of(bytes("dev/weft/" + name), TYPES);
        ClassFile classes = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(TYPES));
        assertThat(classes.verify(plain)).isEmpty();
        assertThat(classes.parse(plain).methods().stream()
                        .flatMap(method -> method.code().stream())
                        .flatMap(code -> code.elementStream())
                        .filter(InvokeDynamicInstruction.class::isInstance)
                        .map(call -> ((InvokeDynamicInstruction) call).name().stringValue()))
                .doesNotContain("typeSwitch", "hashCode", "equals");
    }

    @Test
    void whatHasNothingToWriteOutIsLeftAlone() throws IOException {
        byte[] bytes = bytes("dev/weft/graph/DefectException");
        assertThat(PlainClasses.of(bytes, TYPES)).isSameAs(bytes);
    }

    private static byte[] bytes(String name) throws IOException {
        try (InputStream in = PlainClassesTest.class.getClassLoader().getResourceAsStream(name + ".class")) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }

    /** The same class with what is written out, as the JVM takes it. */
    private static Class<?> plain(Class<?> type) throws Exception {
        byte[] bytes = PlainClasses.of(bytes(type.getName().replace('.', '/')), TYPES);
        ClassLoader loader = new ClassLoader(type.getClassLoader()) {
            @Override
            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                return name.equals(type.getName())
                        ? defineClass(name, bytes, 0, bytes.length)
                        : super.loadClass(name, resolve);
            }
        };
        return Class.forName(type.getName(), true, loader);
    }

    private static Object said(Object plain, @Nullable Object value) throws ReflectiveOperationException {
        Method apply = plain.getClass().getMethod("apply", Object.class);
        apply.setAccessible(true);
        return apply.invoke(plain, value);
    }

    private static Object[] parts(
            boolean flag,
            int small,
            char letter,
            int half,
            int whole,
            long wide,
            float single,
            double twice,
            @Nullable String text,
            int @Nullable [] list) {
        return new Object[] {flag, (byte) small, letter, (short) half, whole, wide, single, twice, text, list};
    }

    private static Object made(Class<?> type, Object[] parts) throws ReflectiveOperationException {
        Constructor<?> constructor = type.getDeclaredConstructors()[0];
        constructor.setAccessible(true);
        return constructor.newInstance(parts);
    }
}
