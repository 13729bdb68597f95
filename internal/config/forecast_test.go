package config_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/configtest"
	"eso-aws/internal/plan"
)

func TestForecast(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		secrets string
		want    plan.Forecast
	}{
		"OneAnHour": {
			`{"a":{"data":{"k":"a"}}}`, plan.Forecast{Secrets: 1, Keys: 1, Calls: 720},
		},
		"OneSecretOnce": { // for three keys of it
			`{"a":{"data":{"k":{"key":"a","property":"x"},"l":{"key":"a","property":"y"}},"extract":"a",` +
				`"template":{"data":{"m":"{{ .k }}"}}}}`,
			plan.Forecast{Secrets: 1, Keys: 1, Calls: 720},
		},
		"TwoVersions": {
			`{"a":{"data":{"k":"a","l":{"key":"a","version":"AWSPREVIOUS"}}}}`,
			plan.Forecast{Secrets: 1, Keys: 2, Calls: 1440},
		},
		"Namespaces": {
			`{"a":{"namespaces":["x","y"],"data":{"k":"a"},"refreshInterval":"1m"}}`,
			plan.Forecast{Secrets: 2, Keys: 2, Calls: 2 * 43200},
		},
		"Never": {
			`{"a":{"data":{"k":"a"},"refreshInterval":"0s"},"b":{"data":{"k":"b"},"refreshPolicy":"CreatedOnce"},` +
				`"c":{"data":{"k":"c"},"refreshPolicy":"OnChange"}}`,
			plan.Forecast{Secrets: 3, Keys: 3},
		},
		"Search": {
			`{"a":{"find":"app/"}}`, plan.Forecast{Secrets: 1, Calls: 720, More: true},
		},
		"ParameterStore": { // whose standard calls are free
			`{"a":{"store":"parameters","data":{"k":"/a"}}}`, plan.Forecast{Secrets: 1, Keys: 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := load(configtest.With(configtest.File(t, "../../Pulumi.dev.yaml"), map[string]string{
				"secrets": test.secrets, "stores": `{"parameters":{"service":"ParameterStore"}}`,
			}))
			require.NoError(t, err)
			assert.Equal(t, test.want, got.Forecast())
		})
	}
}

func TestForecastIsReadable(t *testing.T) {
	t.Parallel()
	const list = "at list price (https://aws.amazon.com/secrets-manager/pricing/, 2026-11-22)"
	assert.Equal(t, "3 ExternalSecrets with 4 keys make 1000000 calls of Secrets Manager in 30 days: 5.00 US dollars "+list,
		plan.Forecast{Secrets: 3, Keys: 4, Calls: 1e6}.String())
	assert.Equal(t, "1 ExternalSecrets with at least 0 keys make at least 720 calls of Secrets Manager in 30 days: "+
		"0.00 US dollars "+list, plan.Forecast{Secrets: 1, Calls: 720, More: true}.String())
}

func TestCostLimit(t *testing.T) {
	t.Parallel()
	const second = `{"a":{"data":{"k":"a"},"refreshInterval":"1s"}}`
	got, err := load(configtest.With(configtest.File(t, "../../Pulumi.dev.yaml"), map[string]string{"secrets": second}))
	require.NoError(t, err)
	require.Len(t, got.Warnings, 1)
	assert.Equal(t, `eso-aws:costLimit: "10": is less than the forecast: `+got.Forecast().String()+
		`; set a longer refreshInterval or a higher limit`, got.Warnings[0].String())

	_, err = load(configtest.With(configtest.File(t, "../../Pulumi.dev.yaml"), map[string]string{"secrets": second, "strict": "true"}))
	assert.ErrorContains(t, err, "eso-aws:costLimit: ")

	got, err = load(configtest.With(configtest.File(t, "../../Pulumi.dev.yaml"), map[string]string{"secrets": second, "costLimit": "12.96"}))
	require.NoError(t, err)
	assert.Empty(t, got.Warnings)

	for _, value := range []string{"much", "NaN", "Inf", "-1", "1e3"} {
		_, err = load(configtest.With(configtest.File(t, "../../Pulumi.dev.yaml"), map[string]string{"costLimit": value}))
		assert.EqualError(t, err, `eso-aws:costLimit: "`+value+`": must be a number, such as 10 or 2.50`)
	}
}
