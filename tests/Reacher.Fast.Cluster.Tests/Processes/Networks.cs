using System.Diagnostics;
using System.Globalization;

namespace Reacher.Fast.Cluster.Tests.Processes;

/// <summary>
/// Machines that are network namespaces of the test's own: the first is the run's, each other has a link to it that can be cut. They are gone
/// when this is disposed.
/// </summary>
internal sealed class Networks : IDisposable
{
    private readonly string prefix = string.Create(CultureInfo.InvariantCulture, $"rf{Environment.ProcessId}");
    private readonly int count;

    public Networks(int count)
    {
        this.count = count;
        Ip("netns", "add", Name(0));
        InName(0, "link", "set", "lo", "up");
        for (int machine = 1; machine < count; machine++)
        {
            Ip("netns", "add", Name(machine));
            InName(machine, "link", "set", "lo", "up");
            string near = Link(machine), far = $"{near}b";
            Ip("link", "add", near, "type", "veth", "peer", "name", far);
            Ip("link", "set", near, "netns", Name(0));
            Ip("link", "set", far, "netns", Name(machine));
            InName(0, "addr", "add", string.Create(CultureInfo.InvariantCulture, $"10.77.{machine}.1/24"), "dev", near);
            InName(machine, "addr", "add", string.Create(CultureInfo.InvariantCulture, $"10.77.{machine}.2/24"), "dev", far);
            InName(0, "link", "set", near, "up");
            InName(machine, "link", "set", far, "up");
            // The run's machine has one address, that of the first link, for all.
            InName(machine, "route", "replace", "default", "via", string.Create(CultureInfo.InvariantCulture, $"10.77.{machine}.1"));
        }
    }

    /// <summary>The address of the run's machine.</summary>
    public static string Host => "10.77.1.1";

    /// <summary>Why there can be none here; null where there can.</summary>
    public static string? WhyNot
    {
        get
        {
            if (!Environment.IsPrivilegedProcess)
            {
                return "network namespaces need root";
            }

            string name = string.Create(CultureInfo.InvariantCulture, $"rf{Environment.ProcessId}-try");
            bool works = TryIp("netns", "add", name) && TryIp("netns", "del", name);
            return works ? null : "this system gives no network namespaces (ip netns add fails)";
        }
    }

    public string Name(int machine) => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{machine}");

    /// <summary>Cuts a machine's link, as if its cable were pulled: packets are lost, and nobody is told.</summary>
    public void Cut(int machine) => InName(0, "link", "set", Link(machine), "down");

    /// <summary>Mends it.</summary>
    public void Mend(int machine) => InName(0, "link", "set", Link(machine), "up");

    public void Dispose()
    {
        for (int machine = 0; machine < count; machine++)
        {
            _ = TryIp("netns", "del", Name(machine));
        }
    }

    private static void Ip(params string[] arguments) =>
        Assert.That(TryIp(arguments), Is.True, $"ip {string.Join(' ', arguments)}");

    private static bool TryIp(params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private string Link(int machine) => string.Create(CultureInfo.InvariantCulture, $"{prefix}v{machine}");

    private void InName(int machine, params string[] arguments) => Ip(["-n", Name(machine), .. arguments]);
}
