import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

const brand: MantineColorsTuple = [
  '#eef7f3',
  '#d9ece4',
  '#b5d9ca',
  '#8ac4ad',
  '#5fad8d',
  '#3f9775',
  '#2c8262',
  '#1f6f54',
  '#185a44',
  '#114434',
]

export const theme = createTheme({
  primaryColor: 'brand',
  primaryShade: { light: 7, dark: 7 },
  colors: { brand },
  defaultRadius: 'md',
  cursorType: 'pointer',
  autoContrast: true,
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  lineHeights: { md: '1.5' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.375rem', lineHeight: '1.3' },
      h2: { fontSize: '1.0625rem', lineHeight: '1.4' },
      h3: { fontSize: '0.9375rem', lineHeight: '1.4' },
    },
  },
  shadows: { sm: '0 1px 2px rgb(0 0 0 / 6%)', md: '0 4px 16px rgb(0 0 0 / 10%)' },
  components: {
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Paper: { defaultProps: { radius: 12 } },
    // A heading of a dialog, not a landmark of the page.
    ModalHeader: { defaultProps: { role: 'none' } },
    DrawerHeader: { defaultProps: { role: 'none' } },
    // What keeps the page behind it from scrolling is a style of its own, which the policy refuses.
    Modal: { defaultProps: { centered: true, radius: 'lg', lockScroll: false } },
    // The first thing that can be chosen has the focus, not a nameless place before it.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Tooltip: {
      defaultProps: {
        withArrow: true,
        openDelay: 200,
        events: { hover: true, focus: true, touch: true },
      },
    },
  },
})

/** Mantine's greys and light variants are too faint for WCAG AA on some of its own grounds: these hold. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-text': '#1c2024',
    '--mantine-color-dimmed': '#5b636b',
    '--mantine-color-placeholder': '#687078',
    '--mantine-color-error': '#b42318',
    '--mantine-color-anchor': '#1a6049',
    '--mantine-color-body': '#ffffff',
    '--ground': '#f7f8f8',
    '--line': '#e3e6e8',
    '--mantine-color-default-border': '#d0d5d9',
    ...lightVariants('light'),
  },
  dark: {
    '--mantine-color-text': '#e6e8ea',
    '--mantine-color-dimmed': '#a3abb3',
    '--mantine-color-placeholder': '#8f98a1',
    '--mantine-color-error': '#ff9c92',
    '--mantine-color-anchor': '#8fd0b8',
    '--mantine-color-body': '#17191c',
    '--ground': '#101214',
    '--line': '#2b2f34',
    '--mantine-color-default-border': '#3a4047',
    ...lightVariants('dark'),
  },
})

const grounds = {
  brand: { light: ['#e3f2ec', '#14523d'], dark: ['#173a2e', '#9bdcc3'] },
  green: { light: ['#e2f3e6', '#17602b'], dark: ['#173623', '#93dca8'] },
  red: { light: ['#fdeceb', '#9a1c12'], dark: ['#452220', '#ffb0a8'] },
  orange: { light: ['#fdefdf', '#854003'], dark: ['#432d16', '#ffc58a'] },
  yellow: { light: ['#fbf3d2', '#6d4f00'], dark: ['#3b3214', '#f3d774'] },
  blue: { light: ['#e5f0fc', '#134e8f'], dark: ['#172f4a', '#9fccff'] },
  gray: { light: ['#eceef0', '#454c53'], dark: ['#2a2e33', '#c3c9cf'] },
} as const

function lightVariants(scheme: 'light' | 'dark'): Record<string, string> {
  return Object.fromEntries(
    Object.entries(grounds).flatMap(
      ([
        name,
        {
          [scheme]: [ground, text],
        },
      ]) => [
        [`--mantine-color-${name}-light`, ground],
        [`--mantine-color-${name}-light-hover`, ground],
        [`--mantine-color-${name}-light-color`, text],
      ],
    ),
  )
}
