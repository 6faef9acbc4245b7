using System.CommandLine;
using System.Globalization;
using Sarsen.Server.Features.Keys;
using Sarsen.Services;
using Sarsen.Terminal;
using Spectre.Console;

namespace Sarsen.Commands;

/// <summary><c>sarsen keys</c>: who may ask a server.</summary>
internal static class KeysCommand
{
    public static Command Create() => new Verb("keys", "Makes, lists and revokes API keys.", "sarsen keys create mobile-app", "sarsen keys list") { Make(), List(), Revoke() };

    private static Command Make()
    {
        var name = new Argument<string>("name") { Description = "By which people will know the key." };
        var role = new Option<KeyRole?>("--role") { Description = "admin, who may do everything, or user, who may predict and read; user when not given.", HelpName = "role" };
        var command = new Verb("create", "Makes a key and prints it, this once.", "sarsen keys create mobile-app") { name, role };
        command.RunOnService((service, parsed, stop) => service.CreateKeyAsync(parsed.GetValue(name)!, parsed.GetValue(role) ?? KeyRole.User, stop),
            key => Console.Out.WriteLine(key.Key));
        return command;
    }

    private static Command List()
    {
        var command = new Verb("list", "Lists the keys, the revoked among them.", "sarsen keys list");
        command.RunOnService((service, _, stop) => service.ListKeysAsync(stop), keys =>
        {
            if (keys.Count == 0)
            {
                Screen.Console.WriteLine("there is no key; sarsen keys create NAME makes one");
                return;
            }
            Table table = new Table().Border(TableBorder.Simple).AddColumns("id", "name", "role", "begins with", "made", "last used", "state");
            foreach (KeyView key in keys)
            {
                table.AddRow(key.Id, Markup.Escape(key.Name), key.Role.ToString().ToLowerInvariant(), Markup.Escape(key.Prefix),
                    Day(key.CreatedAt), Day(key.LastUsedAt), key.RevokedAt is null ? "active" : "revoked");
            }
            Screen.Console.Write(table);
        });
        return command;
    }

    private static Command Revoke()
    {
        var id = new Argument<string>("id") { Description = "The key's id, as sarsen keys list shows it." };
        var command = new Verb("revoke", "Ends a key, at once and for good.", "sarsen keys revoke key_0123456789abcdef") { id };
        command.RunOnService((service, parsed, stop) => service.RevokeKeyAsync(parsed.GetValue(id)!, stop),
            key => Screen.Console.WriteLine($"'{key.Name}' is revoked"));
        return command;
    }

    private static string Day(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "-";
}
