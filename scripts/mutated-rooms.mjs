// The rooms of shared/ that are mutated, and for each the tests (paths below test/, without their ending) that must
// notice. Adapters are held to the services they speak to, as near as these run here: no test starts the built app.
export const ROOMS = {
  tones: ['unit/tones/**/*'],
  graph: ['unit/graph/**/*', 'integration/{send-dtmf-tones,credentials,tenants}'],
  storage: ['unit/storage/**/*', 'integration/storage/*'],
  outbound: ['unit/outbound/**/*', 'integration/{post-callback,post-callback-locally,pass-on}'],
  http: ['unit/http/**/*', 'unit/functions/**/*'],
};
