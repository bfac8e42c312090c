/*
 * The grammar of Weft, see docs/language.md.
 *
 * A line break ends a statement. `LineTokens` removes the line breaks that end nothing (inside parentheses and brackets, after an
 * operator, before a line that continues the last one), so that here NL always means "the end of a statement".
 */
grammar Weft;

file
    : end* (declaration (end+ declaration)*)? end* EOF
    ;

end
    : NL
    | ';'
    ;

// ---- declarations

declaration
    : importDeclaration
    | constant
    | function
    | definition
    ;

importDeclaration
    : 'import' source=name ('as' alias=name)?
    ;

constant
    : 'let' name '=' expr
    ;

definition
    : kind=('model' | 'optimizer' | 'program') name '(' (constantParameter (',' constantParameter)* ','?)? ')'
      (NL? whereClause)? NL? '{' end* (member (end+ member)*)? end* '}'
    ;

constantParameter
    : parameter=name (':' kind=name)? ('=' expr)?
    ;

whereClause
    : 'where' expr (',' expr)*
    ;

member
    : constant
    | storage
    | instance
    | function
    ;

storage
    : kind=('param' | 'buffer' | 'state') cache='cache'? name (',' name)* ':' type ('=' expr)?
    ;

instance
    : name (',' name)* ':' frozen='frozen'? (count '*')? path '(' arguments? ')'
    ;

count
    : name
    | INT
    | '(' expr ')'
    ;

path
    : name ('.' name)?
    ;

function
    : kind=('fn' | 'entry') name? '(' (parameters (',' parameters)* ','?)? ')' ('->' result=type)? (NL? whereClause)?
      ('=' body=expr | NL? block)
    ;

parameters
    : name (',' name)* ':' type ('=' expr)?
    ;

// ---- types

type
    : name '[' (typeSize (',' typeSize)*)? ']'  # tensorType
    | 'like' expr                               # likeType
    | name '(' expr ')'                         # argumentsType
    | '(' type (',' type)* ','? ')'             # tupleType
    | name                                      # constantType
    ;

typeSize
    : '...'
    | expr
    ;

// ---- statements

block
    : '{' end* (statement (end+ statement)*)? end* '}'
    ;

statement
    : 'for' target 'in' expr block  # forStatement
    | target '=' expr               # bindStatement
    | name '[' indexItem (',' indexItem)* ']' '=' expr  # replaceStatement
    | place=expr ':=' value=expr    # storeStatement
    | expr                          # exprStatement
    ;

target
    : name
    | '(' target (',' target)* ','? ')'
    ;

// ---- expressions, the tightest first

expr
    : expr '(' arguments? ')'                                       # callExpr
    | expr '[' indexItem (',' indexItem)* ']'                       # indexExpr
    | expr '.' name                                                 # fieldExpr
    | <assoc = right> left=expr op='**' right=expr                  # binaryExpr
    | op='-' expr                                                   # unaryExpr
    | left=expr op=('*' | '/' | '%' | '@') right=expr               # binaryExpr
    | left=expr op=('+' | '-') right=expr                           # binaryExpr
    | left=expr op=('<' | '<=' | '>' | '>=' | '==' | '!=') right=expr  # binaryExpr
    | expr 'in' '[' pathPattern (',' pathPattern)* ','? ']'         # pathExpr
    | op='not' expr                                                 # unaryExpr
    | left=expr op='and' right=expr                                 # binaryExpr
    | left=expr op='or' right=expr                                  # binaryExpr
    | expr 'as' from=pattern '->' to=pattern                        # rearrangeExpr
    | conditional                                                   # ifExpr
    | '(' expr ')'                                                  # groupExpr
    | '(' (expr ',' (expr (',' expr)* ','?)?)? ')'                  # tupleExpr
    | literal                                                       # literalExpr
    | name                                                          # nameExpr
    ;

conditional
    : 'if' expr then=block ('else' (otherwise=block | conditional))?
    ;

arguments
    : argument (',' argument)* ','?
    ;

argument
    : name '=' expr
    | spread='...' expr
    | wrt='wrt' expr
    | expr
    ;

indexItem
    : '_'                                                           # newAxisItem
    | '...'                                                         # ellipsisItem
    | start=expr '..+' length=expr                                  # windowItem
    | start=expr? ':' stop=expr? (':' step=expr)?                   # rangeItem
    | expr                                                          # atItem
    ;

pattern
    : (count '*')? '[' (patternAxis (',' patternAxis)*)? ']'
    ;

patternAxis
    : '...'
    | patternAtom
    | '(' patternAtom+ ')'
    ;

patternAtom
    : name
    | INT
    ;

// Which paths of stored tensors: `*` is one name or number, `**` any number of them.
pathPattern
    : pathStep ('.' pathStep)*
    ;

pathStep
    : name
    | INT
    | '*'
    | '**'
    ;

literal
    : INT
    | FLOAT
    | 'true'
    | 'false'
    ;

// Words that mean something only in their place; elsewhere they are names like any other.
name
    : NAME
    | 'model'
    | 'optimizer'
    | 'program'
    | 'cache'
    | 'frozen'
    | 'like'
    | 'where'
    | 'in'
    ;

// ---- tokens

FLOAT
    : DIGITS '.' DIGITS EXPONENT?
    | DIGITS EXPONENT
    ;

INT
    : DIGITS
    ;

fragment DIGITS
    : [0-9] [0-9_]*
    ;

fragment EXPONENT
    : [eE] [+-]? [0-9]+
    ;

UNDERSCORE
    : '_'
    ;

NAME
    : [A-Za-z_] [A-Za-z0-9_]*
    ;

NL
    : '\r'? '\n'
    ;

SPACE
    : [ \t]+ -> channel(HIDDEN)
    ;

COMMENT
    : '//' ~[\r\n]* -> channel(2)
    ;

// Whatever no other rule knows; the parser reports it in its place.
UNKNOWN
    : .
    ;
