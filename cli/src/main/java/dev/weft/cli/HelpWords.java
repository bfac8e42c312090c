package dev.weft.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Breaks the lines of help between words only, where Java's rules for lines would break inside {@code tokenizer.json} and {@code
 * --by-position}. Signs are letters while lines are broken, and signs again in what is shown.
 */
final class HelpWords {

    /** Where the letters are that stand for signs: Latin ones that no help has. */
    private static final int LETTERS = 0x180;

    private HelpWords() {}

    static void keepWhole(CommandLine command) {
        command.setHelpFactory(Whole::new);
        Map<String, IHelpSectionRenderer> sections = new LinkedHashMap<>(command.getHelpSectionMap());
        sections.replaceAll((name, section) -> help -> signs(section.render(help)));
        command.setHelpSectionMap(sections);
    }

    private static String letters(String text) {
        return text.chars()
                .map(sign -> sign > ' ' && sign < 0x7f && !Character.isLetterOrDigit(sign) ? sign + LETTERS : sign)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    private static String signs(String text) {
        return text.chars()
                .map(sign -> sign > LETTERS && sign < LETTERS + 0x7f ? sign - LETTERS : sign)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    /** Help whose descriptions, the last column of each row, have letters in place of signs. */
    private static final class Whole extends Help {

        Whole(CommandSpec spec, ColorScheme colors) {
            super(spec, colors);
        }

        @Override
        public IOptionRenderer createDefaultOptionRenderer() {
            IOptionRenderer usual = super.createDefaultOptionRenderer();
            return (option, labels, colors) -> whole(usual.render(option, labels, colors));
        }

        @Override
        public IParameterRenderer createDefaultParameterRenderer() {
            IParameterRenderer usual = super.createDefaultParameterRenderer();
            return (PositionalParamSpec parameter, IParamLabelRenderer labels, ColorScheme colors) ->
                    whole(usual.render(parameter, labels, colors));
        }

        private Text[][] whole(Text[][] rows) {
            for (Text[] row : rows) {
                int last = row.length - 1;
                row[last] = ansi().new Text(letters(row[last].plainString()), colorScheme());
            }
            return rows;
        }
    }
}
