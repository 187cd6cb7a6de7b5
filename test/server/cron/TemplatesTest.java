package server.cron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import shared.Problem;
import shared.json.Slice;

/// Placeholders, and changes of templates. In the JSON here `'` stand for quotes.
final class TemplatesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'prompt':'a {{date}} b'} | {'prompt':'a <DATE\"\\\\> b'}",
        "{'prompt':'{{name}}{{ run_count }}'} | {'prompt':'<NAME\"\\\\><RUN_COUNT\"\\\\>'}",
        "{'prompt':'\\u007b{time}}'} | {'prompt':'<TIME\"\\\\>'}",
        "{'messages':[{'role':'user','content':'{{date}}','x':'{{no}}'}]}"
            + " | {'messages':[{'role':'user','content':'<DATE\"\\\\>','x':'{{no}}'}]}",
        "{'payload':[{'content':'{{date}}'}]} | {'payload':[{'content':'<DATE\"\\\\>'}]}",
        "{'input':['{{date}}','x'],'n':1.50e2} | {'input':['<DATE\"\\\\>','x'],'n':1.50e2}",
        "{'payload':{'system':'{{timezone}}','suffix':'{{datetime}}'}}"
            + " | {'payload':{'system':'<TIMEZONE\"\\\\>','suffix':'<DATETIME\"\\\\>'}}",
        "{'payload':{'messages':[{'content':[{'type':'text','text':'{{date}}'}]}]}}"
            + " | {'payload':{'messages':[{'content':[{'type':'text','text':'<DATE\"\\\\>'}]}]}}",
        "{'template':'{{ .Prompt }}{{x}}','metadata':{'content':'{{x}}'}}"
            + " | {'template':'{{ .Prompt }}{{x}}','metadata':{'content':'{{x}}'}}",
        "{'prompt':'{{ .Prompt }} {{}} {{#if}} {{a b}} {{{ }} }} {{1}}'}"
            + " | {'prompt':'{{ .Prompt }} {{}} {{#if}} {{a b}} {{{ }} }} {{1}}'}",
        "{'prompt':'\\\\{{date}} \\\\{{ any }} {{date}}'} | {'prompt':'{{date}} {{ any }} <DATE\"\\\\>'}"})
    void placeholders_inTexts_areFilledIn(String template, String expected) {
        String filled = Placeholders.expand(slice(template), name -> "<" + name.toUpperCase(Locale.ROOT) + "\"\\>")
                .text();
        assertEquals(expected.replace('\'', '"').replace("\"\\\\>", "\\\"\\\\>"), filled);
    }

    @Test
    void placeholders_whereThereAreNone_copyNothing() {
        Slice template = slice("{'prompt':'x','options':{'a':{'b':{}}}}");
        assertSame(template, Placeholders.expand(template, name -> "y"));
    }

    @Test
    void placeholders_inAValue_areNotFilledInAgain() {
        assertEquals("{\"prompt\":\"{{name}} $1 \\\\\"}",
                Placeholders.expand(slice("{'prompt':'{{last_result}}'}"), name -> "{{name}} $1 \\").text());
    }

    @Test
    void placeholders_unknown_areNamed() {
        String message = assertThrows(Problem.class, () -> Placeholders.check(slice("{'system':'{{tme}}'}")))
                .getMessage();
        assertTrue(message.contains("{{tme}}; did you mean time?"), message);
        assertTrue(message.endsWith("; for the braces themselves write a backslash before them: \\{{tme}}"), message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'type':'chat','prompt':'a'} | {'prompt':'b'} | {'type':'chat','prompt':'b'}",
        "{'type':'chat','prompt':'a','priority':5} | {'priority':null} | {'type':'chat','prompt':'a'}",
        "{'payload':{'prompt':'a','options':{}}} | {'prompt':'b'} | {'payload':{'options':{}},'prompt':'b'}",
        "{'prompt':'a','system':'s'} | {'payload':{'prompt':'b'}} | {'system':'s','payload':{'prompt':'b'}}",
        "{'payload':[{'role':'user'}]} | {'messages':[]} | {'messages':[]}",
        "{'payload':[{'role':'user'}]} | {'model':'m'} | {'payload':[{'role':'user'}],'model':'m'}",
        "{'payload':{'prompt':'a'}} | {'payload':{'prompt':'b'},'model':'m'} | {'payload':{'prompt':'b'},'model':'m'}",
        "{'a':1.50} | {} | {'a':1.50}"})
    void merge_changesWhatIsNamed(String template, String change, String merged) {
        assertEquals(merged.replace('\'', '"'), Templates.merge(slice(template), slice(change)).text());
    }

    private static Slice slice(String json) {
        return Slice.of(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }
}
