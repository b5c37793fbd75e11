namespace Reacher.Fast.Runner.Tests;

/// <summary>A shell script in the place of a Unity build, which a trainer starts as it would the build.</summary>
internal static class PlayerScript
{
    /// <summary>This program's own player, with arguments of the scene before those of the trainer.</summary>
    public static void OfArms(string path, params string[] scene) =>
        Write(path, $"exec dotnet '{Path.Combine(AppContext.BaseDirectory, "reacher-fast.dll")}' player {string.Join(' ', scene)} \"$@\"");

    /// <summary>A script of these lines.</summary>
    public static void Write(string path, string lines)
    {
        File.WriteAllText(path, $"#!/usr/bin/env bash\n{lines}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
