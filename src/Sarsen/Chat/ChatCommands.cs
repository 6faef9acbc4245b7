using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sarsen.Formats;
using Sarsen.Text.Templates;

namespace Sarsen.Chat;

/// <summary>What begins with a slash: a word to the program and not to the model.</summary>
internal sealed class ChatCommands(ChatSession session, TextWriter notes)
{
    private static readonly (string Name, string Arguments, string Does)[] s_all =
    [
        ("/help", "", "these words"),
        ("/system", "[TEXT]", "instructions to the model; without a text shows them, with - takes them away"),
        ("/retry", "", "another answer to the last question"),
        ("/undo", "", "forgets the last question and its answer"),
        ("/reset", "", "forgets the conversation; the instructions stay"),
        ("/save", "FILE", "writes the conversation, as OpenAI's API has it"),
        ("/exit", "", "ends; so does Ctrl-D"),
    ];

    /// <summary>Does what a line says.</summary>
    /// <returns>False at the end.</returns>
    public async Task<bool> RunAsync(string line)
    {
        string name = line.Split(' ', '\n')[0], rest = line[name.Length..].Trim();
        switch (name)
        {
            case "/help":
                foreach ((string word, string arguments, string does) in s_all)
                    notes.WriteLine($"  {$"{word} {arguments}",-16}{does}");
                notes.WriteLine("  A line that ends with \\ goes on in the next; a text that begins and ends with \"\"\" has several lines. Ctrl-C stops an answer.");
                return true;
            case "/system":
                if (rest.Length > 0)
                    session.System = rest == "-" ? null : rest;
                notes.WriteLine(session.System ?? "(no instructions)");
                return true;
            case "/retry":
                if (session.TakeBack() is { } again)
                    await session.SayAsync(again);
                else
                    notes.WriteLine("nothing was asked yet");
                return true;
            case "/undo":
                notes.WriteLine(session.TakeBack() is { } forgotten ? $"forgotten: {forgotten}" : "nothing was asked yet");
                return true;
            case "/reset" or "/clear":
                session.Reset();
                notes.WriteLine("the conversation begins anew");
                return true;
            case "/save":
                Save(rest);
                return true;
            case "/exit" or "/quit" or "/bye":
                return false;
            default:
                string? near = Suggestion.Nearest(name, [.. s_all.Select(c => c.Name)]);
                notes.WriteLine($"there is no {name}{(near is null ? "" : $"; did you mean {near}?")} /help shows what there is");
                return true;
        }
    }

    private void Save(string file)
    {
        if (file.Length == 0)
        {
            notes.WriteLine("/save FILE: name a file");
            return;
        }
        var messages = new JsonArray();
        foreach (ChatMessage message in session.Messages)
            messages.Add(new JsonObject { ["role"] = message.Role, ["content"] = message.Text });
        try
        {
            var options = new JsonSerializerOptions { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
            File.WriteAllText(file, new JsonObject { ["messages"] = messages }.ToJsonString(options) + "\n");
            notes.WriteLine($"{session.Messages.Count} messages are in {Path.GetFullPath(file)}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            notes.WriteLine($"'{file}' cannot be written: {e.Message}");
        }
    }
}
