package server.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import server.AllSettings;
import support.Offline;

class OfflineCommandsTest {

    private String said(int status, String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        assertEquals(status, Offline.run(stream, stream, words));
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void help_everyCommand_isInTheProgramsAndItsGroups() {
        String program = Help.usage(AllSettings.TABLE);
        for (OfflineCommand command : OfflineCommands.ALL) {
            assertTrue(program.contains("\n  " + command.group() + " " + command.name() + " "), program);
            String group = said(0, command.group(), "--help");
            assertTrue(group.contains(" ollama-queue-server " + command.usage() + "\n"), group);
            assertTrue(group.contains("exit status: 0 "), group);
        }
        assertFalse(said(0, "config", "check", "--help").contains("journal"));
    }

    @Test
    void run_unknownWords_hintAtWhatIsMeant() {
        assertEquals("ollama-queue-server: unknown command serve; without a command the server starts: "
                + "ollama-queue-server [option]...\n", said(2, "serve", "--port", "9000"));
        assertEquals("ollama-queue-server: unknown command help; ollama-queue-server --help shows options and "
                + "commands\n", said(2, "help"));
        assertTrue(said(2, "jornal", "verify").contains("; did you mean journal?"));
        assertEquals("ollama-queue-server: unknown command config chek; did you mean check?; it is "
                + "check, show or reference\n"
                + "ollama-queue-server: config --help shows more\n", said(2, "config", "chek"));
    }
}
