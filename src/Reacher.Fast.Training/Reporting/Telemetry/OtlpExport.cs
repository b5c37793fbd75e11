using System.Globalization;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Reacher.Fast.Core;

namespace Reacher.Fast.Training.Reporting.Telemetry;

/// <summary>
/// Sends a run's instruments to an OpenTelemetry collector, every five seconds and at the end. The standard variables hold
/// (<c>OTEL_EXPORTER_OTLP_PROTOCOL</c>, <c>_HEADERS</c>, <c>OTEL_METRIC_EXPORT_INTERVAL</c>, ...); http/protobuf unless they say otherwise.
/// Where no collector answers, the figures are lost and the run goes on.
/// </summary>
internal static class OtlpExport
{
    /// <summary>The standard variables that name a collector: of metrics, and of everything.</summary>
    private static readonly string[] EndpointVariables = ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];

    private const string ProtocolVariable = "OTEL_EXPORTER_OTLP_PROTOCOL";
    private const string IntervalVariable = "OTEL_METRIC_EXPORT_INTERVAL";
    private const string MetricsPath = "v1/metrics";
    private const int Interval = 5000;

    /// <summary>Starts to send; dispose the result to send the last figures and stop.</summary>
    /// <param name="endpoint">What <c>--otlp</c> gives; null leaves it to the environment.</param>
    /// <returns>Null if neither names a collector.</returns>
    /// <exception cref="InputException">It is no http or https address.</exception>
    public static IDisposable? Start(string? endpoint)
    {
        if (endpoint is null && EndpointVariables.All(name => string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name))))
        {
            return null;
        }

        Uri? address = endpoint is null ? null : Parse(endpoint);
        return Sdk.CreateMeterProviderBuilder()
            .AddMeter(RunMeter.Name)
            .ConfigureResource(resource => resource.AddService("reacher-fast"))
            .AddOtlpExporter((exporter, reader) =>
            {
                bool grpc = Environment.GetEnvironmentVariable(ProtocolVariable) == "grpc";
                exporter.Protocol = grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
                if (address is not null)
                {
                    // By the specification a base address gets the signal's path; one with a path is taken as it is.
                    exporter.Endpoint = grpc || address.AbsolutePath.Length > 1 ? address : new Uri(address, MetricsPath);
                }

                // The time-out is short, so that a run that ends does not wait long for a collector that is gone.
                exporter.TimeoutMilliseconds = Interval;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds =
                    int.TryParse(Environment.GetEnvironmentVariable(IntervalVariable), NumberStyles.None, CultureInfo.InvariantCulture,
                        out int interval) && interval > 0 ? interval : Interval;
            })
            .Build();
    }

    private static Uri Parse(string endpoint) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
            ? address
            : throw new InputException($"--otlp is '{endpoint}', and must be a collector's address such as http://localhost:4318.");
}
