using System.Runtime.InteropServices;

namespace Reacher.Fast.Training.Run;

/// <summary>
/// The signals that ask a process to end: SIGINT (Ctrl-C), SIGTERM, and SIGHUP, which comes when the terminal is closed. While this lives
/// they have no effect but to call a handler. A SIGHUP that the process was started to ignore, as by nohup(1), stays ignored.
/// </summary>
internal sealed class EndSignals : IDisposable
{
    private readonly PosixSignalRegistration[] registrations;

    /// <param name="handler">Called on a thread of its own for each signal that comes.</param>
    public EndSignals(Action<PosixSignal> handler)
    {
        registrations =
        [
            Register(PosixSignal.SIGINT),
            Register(PosixSignal.SIGTERM),
            Register(PosixSignal.SIGHUP),
        ];

        PosixSignalRegistration Register(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            handler(signal);
        });
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in registrations)
        {
            registration.Dispose();
        }
    }
}
