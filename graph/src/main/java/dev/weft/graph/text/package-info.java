/**
 * The text form of programs and graphs: printed by {@link dev.weft.graph.text.ProgramPrinter}, read back by
 * {@link dev.weft.graph.text.ProgramParser}, so that {@code parse(print(x))} prints as x does. The medium of tests and dumps.
 *
 * <pre>{@code
 * program  = "program" "ops" "=" NUMBER { stored } { function } { entry }
 * stored   = "stored" ROLE STRING ":" type
 * function = "fn" "@" NAME "(" [ value STRING ":" type { "," … } ] ")" "{" { assign } return "}"
 * assign   = value "=" MNEMONIC [ value { "," value } ] { NAME "=" attribute } ":" type [ "//" origins ]
 * return   = "return" [ value { "," value } ]
 * entry    = "entry" NAME "=" "@" NAME "reads" names "inputs" names "outputs" names "writes" names
 * type     = ELEMENT "[" [ size { "," size } ] "]"          size = NUMBER [ ":" LABEL ]
 * attribute = NUMBER | ELEMENT | STRING | "[" [ size { "," size } ] "]"
 * names    = "[" [ STRING { "," STRING } ] "]"
 * value    = "%" NUMBER                                     NAME, LABEL = a word, or a STRING where it is none
 * }</pre>
 *
 * <p>Values are numbered in order of definition. What follows {@code //} tells where a value comes from and is skipped on reading.
 * Schedules and plans have text forms of their own beside them.
 */
package dev.weft.graph.text;
