using System.CommandLine;
using System.Globalization;
using Sarsen.Server.Features.Models;
using Sarsen.Services;
using Sarsen.Terminal;
using Spectre.Console;

namespace Sarsen.Commands;

/// <summary><c>sarsen models</c>: the registry.</summary>
internal static class ModelsCommand
{
    public static Command Create() => new Verb("models", "Registers models and shows what is registered.", "sarsen models register digits-cnn runs/digits-cnn", "sarsen models list") { List(), Show(), Register(), Alias(), Delete() };

    private static Command List()
    {
        var command = new Verb("list", "Lists the models.", "sarsen models list");
        command.RunOnService((service, _, stop) => service.ListModelsAsync(stop), models =>
        {
            if (models.Count == 0)
            {
                Screen.Console.WriteLine("no model is registered; sarsen models register NAME FOLDER registers one");
                return;
            }
            Table table = new Table().Border(TableBorder.Simple).AddColumns("model", "latest", "versions", "aliases");
            foreach (ModelView model in models)
            {
                table.AddRow(Markup.Escape(model.Name), model.LatestVersion?.ToString(CultureInfo.InvariantCulture) ?? "-",
                    model.Versions.Count.ToString(CultureInfo.InvariantCulture), Markup.Escape(string.Join(", ", model.Aliases.Select(a => $"{a.Key} = {a.Value}"))));
            }
            Screen.Console.Write(table);
        });
        return command;
    }

    private static Command Show()
    {
        Argument<string> name = Name();
        var command = new Verb("show", "Shows a model's versions: where each comes from and what it was measured at.", "sarsen models show digits-cnn") { name };
        command.RunOnService((service, parsed, stop) => service.GetModelAsync(parsed.GetValue(name)!, stop), model =>
        {
            foreach (ModelVersionView version in model.Versions)
            {
                string aliases = string.Join(", ", model.Aliases.Where(a => a.Value == version.Version).Select(a => a.Key));
                Table table = new Table().Border(TableBorder.Simple).HideHeaders().AddColumns("", "");
                table.AddRow("version", $"{version.Version}{(aliases.Length > 0 ? $" ({Markup.Escape(aliases)})" : "")}");
                table.AddRow("registered", version.CreatedAt.ToString("u", CultureInfo.InvariantCulture));
                table.AddRow("trained", version.TrainedAt.ToString("u", CultureInfo.InvariantCulture));
                table.AddRow("run", Markup.Escape(version.RunId ?? "-"));
                table.AddRow("data", Markup.Escape(version.DataChecksum is { } sum ? $"sha256 {sum}" : "-"));
                table.AddRow("seed", Markup.Escape(version.Seed ?? "-"));
                table.AddRow("made by", Markup.Escape($"sarsen {version.Sarsen}, numerics {version.Numerics}"));
                table.AddRow("size", ShapeTable.Bytes(version.Bytes));
                foreach ((string metric, double value) in version.Metrics.OrderBy(m => m.Key, StringComparer.Ordinal))
                    table.AddRow(Markup.Escape(metric), value.ToString("0.0000##", CultureInfo.InvariantCulture));
                Screen.Console.Write(table);
            }
        });
        return command;
    }

    private static Command Register()
    {
        Argument<string> name = Name();
        var folder = new Argument<string>("folder") { Description = "The folder of a model, or of the run that made it." };
        var command = new Verb("register", "Registers a model as the next version of a name.", "sarsen models register digits-cnn runs/digits-cnn") { name, folder };
        command.RunOnService((service, parsed, stop) => service.RegisterAsync(parsed.GetValue(name)!, ModelPath.Of(parsed.GetValue(folder)!), stop),
            version => Screen.Console.WriteLine($"{version.Model} version {version.Version} is registered"));
        return command;
    }

    private static Command Alias()
    {
        Argument<string> name = Name();
        var alias = new Argument<string>("alias") { Description = "The alias, such as production." };
        var version = new Argument<string>("version") { Description = "A number, another alias, or latest." };
        var command = new Verb("alias", "Points an alias to a version.", "sarsen models alias digits-cnn production 3") { name, alias, version };
        command.RunOnService((service, parsed, stop) => service.SetAliasAsync(parsed.GetValue(name)!, parsed.GetValue(alias)!, parsed.GetValue(version)!, stop),
            view => Screen.Console.WriteLine($"{view.Alias} is {view.Model} version {view.Version}"));
        return command;
    }

    private static Command Delete()
    {
        Argument<string> name = Name();
        var version = new Option<int?>("--version") { Description = "The version's number; all of the model when not given." };
        var command = new Verb("delete", "Deletes a version, or a model; refused while it is deployed.", "sarsen models delete digits-cnn --version 2") { name, version };
        command.RunOnService(async (service, parsed, stop) =>
        {
            await service.DeleteModelAsync(parsed.GetValue(name)!, parsed.GetValue(version), stop);
            return new { Deleted = parsed.GetValue(name), Version = parsed.GetValue(version) };
        }, deleted => Screen.Console.WriteLine($"{deleted.Deleted}{(deleted.Version is { } number ? $" version {number}" : "")} is deleted"));
        return command;
    }

    private static Argument<string> Name() => new("name") { Description = "The model's name." };
}
